package natstest

import "go.uber.org/goleak"

// Leaks are options for goleak in packages whose tests run servers. A server that is
// stopped while a stream is being made now and then leaves these goroutines of its own
// behind; nats-server 2.15 waits for none of them.
func Leaks() []goleak.Option {
	const server = "github.com/nats-io/nats-server/v2/server"
	return []goleak.Option{
		goleak.IgnoreAnyFunction(server + "/ats.Register.func1"),
		goleak.IgnoreAnyFunction(server + ".(*msgBlock).flushLoop"),
		goleak.IgnoreAnyFunction(server + ".(*fileStore).flushStreamStateLoop"),
	}
}
