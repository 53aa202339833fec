// Quality measures the rules on generated traffic whose truth is known, against
// the quality bar:
//
//   - of each planted scenario, 95 % are found: a firing alert of a type that fits,
//     for the subscriber, not before the scenario began;
//   - the median time from the first fraudulent release to that alert is within
//     the scenario's limit; of those who leave, from the moment at which the
//     condition holds;
//   - at most one false critical alert per 10,000 subscriber-days. False is one on
//     a line on which no fraud was planted, look-alikes included, or on which it
//     had not begun;
//   - none of these in the first 30 days;
//   - the storm guard speaks at the outage.
//
// It reads alerts.jsonl of a replay and the truth file of generate, prints
// Markdown, and exits 1 when a clause is not met.
//
//	go run ./bench/quality -alerts out/alerts.jsonl -truth truth.csv -subscribers 50000 -days 60
//
// When the condition of one who leaves holds is a matter of the truth file:
// churn_sudden 30 days after the last thing done, churn_decline when the decline
// has reached its lowest. An alert before that is one at once.
package main
