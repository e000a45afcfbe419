"""The services that answer anybody from the law."""

COMPUTED = {
    *("calc-retirement-age", "calc-elastic", "calc-short-years", "calc-benefit-place", "calc-resident"),
    *("calc-duplicate", "death-help", "stop-notice", "calc-contribution", "calc-flexible-insurance"),
    *("calc-disability-subsidy", "unit-payment-help", "calc-pension-systems", "transfer-bundle"),
}
AT_THE_COUNTER = {"special-work", "sick-allowance", "pension-amount", "leave-country"}
ALL = sorted(COMPUTED | AT_THE_COUNTER)
