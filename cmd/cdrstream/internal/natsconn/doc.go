// Package natsconn connects to NATS servers as the keys nats.* of the
// configuration say: with credentials, an nkey or a token from files, over TLS.
//
// A connection is made once and then kept: when it is lost it is made again for
// ever, with growing pauses and jitter. [Connect] fails at once where waiting
// helps nobody: a file that cannot be used, a server that refuses who asks, a
// certificate that cannot be trusted. Whether it also waits for a server that is
// not there is up to its caller.
package natsconn
