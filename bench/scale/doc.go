// Scale measures how the speed and the memory of a job grow: with subscribers, with
// records per subscriber, with windows, with workers. It prints a table of each.
//
//	go run ./bench/scale                               # all: some minutes, 9 GB of memory
//	go run ./bench/scale -ten                          # 10 million subscribers too: 18 GB
//	go run ./bench/scale -quick                        # a tenth of everything
//	go run ./bench/scale -only subscribers,workers
//	go run ./bench/scale -page bench/README.md -json scale.json
//
// The traffic is made up in batches (package synthetic): no text is read,
// so what counts is the engine behind the decoder. The core features are computed at
// every midnight and dropped. Each job runs in a process of its own, whose peak of
// memory (VmHWM) is printed; bytes per subscriber is what the state counts of itself.
//
// The exit code is 1 when the bar is not met: five million subscribers within 12 GB.
package main
