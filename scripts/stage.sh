# To be sourced. `stage NAME COMMAND...` says what starts, runs it, and says how long it took.

stage() {
  local name=$1 began=$EPOCHREALTIME
  shift
  printf '==> %s\n' "$name"
  "$@"
  printf '    %s: %s s\n' "$name" "$(seconds_since "$began")"
}

seconds_since() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}
