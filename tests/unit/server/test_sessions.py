from server.sessions import PER_DEVICE, Sessions


def test_counter_only_rises() -> None:
    session = Sessions().open("hall", "kiosk", b"")
    assert [session.advance(counter) for counter in (1, 1, 3, 2, 3, 4)] == [True, False, True, False, False, True]


def test_session_belongs_to_its_device() -> None:
    sessions = Sessions()
    session = sessions.open("hall", "kiosk", b"")
    assert sessions.find("hall", "kiosk", session.id) is session
    assert sessions.find("hall", "other", session.id) is None
    assert sessions.find("other", "kiosk", session.id) is None


def test_session_in_use_outlives_those_that_a_stranger_opens() -> None:
    sessions = Sessions()
    used = sessions.open("hall", "kiosk", b"")
    idle = sessions.open("hall", "kiosk", b"")
    for _ in range(PER_DEVICE * 3):
        assert sessions.find("hall", "kiosk", used.id) is used
        sessions.open("hall", "kiosk", b"")
    assert sessions.find("hall", "kiosk", idle.id) is None


def test_sessions_that_a_device_has_signed_in_outlive_all_that_a_stranger_opens() -> None:
    sessions = Sessions()
    own = [sessions.open("hall", "kiosk", b"") for _ in range(4)]
    for session in own:
        session.advance(1)
    for _ in range(PER_DEVICE * 3):
        sessions.open("hall", "kiosk", b"")
    assert [sessions.find("hall", "kiosk", session.id) for session in own] == own


def test_the_sessions_of_lives_that_are_over_keep_no_new_one_out() -> None:
    sessions = Sessions()
    for _ in range(PER_DEVICE * 2):
        sessions.open("hall", "kiosk", b"").advance(1)
    new = [sessions.open("hall", "kiosk", b"") for _ in range(4)]
    assert [sessions.find("hall", "kiosk", session.id) for session in new] == new
    assert len(sessions._of_device["hall", "kiosk"]) <= PER_DEVICE * 2
