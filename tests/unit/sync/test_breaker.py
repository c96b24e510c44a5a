from kiosk.sync.breaker import Breaker


def test_nobody_is_asked_before_the_first_good_sign() -> None:
    breaker = Breaker()
    assert not breaker.is_closed
    assert breaker.reason == "The server has not been heard of yet."
    breaker.close(breaker.troubles)
    assert (breaker.is_closed, breaker.reason) == (True, "")


def test_a_good_sign_that_began_before_the_trouble_closes_nothing() -> None:
    breaker = Breaker()
    breaker.close(breaker.troubles)
    begun = breaker.troubles
    breaker.open("too late")
    breaker.close(begun)
    assert breaker.reason == "too late"
    breaker.close(breaker.troubles)
    assert breaker.is_closed


def test_a_server_without_numbers_is_not_asked_again_until_another_trouble_has_passed() -> None:
    breaker = Breaker()
    breaker.give_up("it is too old")
    breaker.close(breaker.troubles)
    assert breaker.reason == "it is too old"
    breaker.open("it is gone")  # and may come back as a newer one
    breaker.close(breaker.troubles)
    assert breaker.is_closed


def test_the_newest_trouble_is_the_one_that_is_told() -> None:
    breaker = Breaker()
    breaker.open("first")
    breaker.open("second")
    assert breaker.reason == "second"
