// Package natsserver runs a NATS server with JetStream inside the process: what
// `serve` starts when no other server is configured, so that `serve` and
// `publish` work on one machine with nothing installed.
//
// The server listens on the loopback interface only and asks for no password:
// whoever has an account on the machine may use it. It syncs every message to
// the disk before it acknowledges it. One process at a time uses a store: a
// lock file keeps others out.
//
// [EnsureStream] makes the stream of records. The server does not know what was
// read from it (serve keeps its position in its own checkpoints), so nothing in
// it expires and nothing old makes room for what is new: when it is full,
// publishers are refused until [Trim] has removed what was read.
package natsserver
