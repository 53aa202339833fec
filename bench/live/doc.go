// Command live measures how long it takes from the publishing of a record to the arrival
// of the alert that it raises, at a steady rate, through everything: a NATS server that
// syncs, `cdrstream serve`, its checkpoints, and the stream that alerts go to.
//
//	make live                                  # 50,000 records/s for a minute
//	go run ./bench/live -rate 20000 -seconds 30
//
// It starts the program (-program), feeds it with calls of 100,000 subscribers that end
// as they are published, in messages of 250 records, and twenty times a second has
// somebody call who never called before and is on the hotlist of callers: a rule of a
// file of its own fires for each of them. It listens to the alerts. Event time goes by
// whole seconds and rows and alerts appear with checkpoints, so with a lateness of 0 half
// a second and half of the time between checkpoints are the least that can be
// expected of the median.
//
// It prints what came of it, and fails when records or alerts are missing.
package main
