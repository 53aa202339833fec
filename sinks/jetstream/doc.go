// Package jetstream publishes feature rows and alerts to NATS JetStream, each exactly
// once and in order, however late a restart comes:
//
//	SUBJECT         one message for each row (JSON), for some rows (an Arrow IPC
//	                stream of its own), or for each alert (JSON)
//	SUBJECT.commit  commit markers
//
// Both subjects belong to one stream, which must allow atomic publishing. There is one
// subject for features and one for alerts, without placeholders.
//
// # Outbox
//
// Whoever runs the job never waits for the server. Messages pass through files, in a
// directory of this sink alone:
//
//	Write    DIR/staged/<name>.out   part of an epoch, a few megabytes
//	Prepare  fsync
//	Commit   DIR/outbox/<name>.out   published as package stage tells
//
// From there a goroutine sends them, in the order of their names, and removes a file
// once all of it is acknowledged. A name tells where its file stands and what it
// holds:
//
//	<run>-<epoch>-<chunk>.<messages>.<rows>.<time>.out
//
// The run goes up when a job starts over and counts its epochs anew. A file is its
// messages, each after its length (4 bytes, little endian), and their CRC-32C.
//
// # Batches and markers
//
// Up to 999 messages go in one atomic batch of the server (ADR-50) whose last message
// is a marker: what is published with it and before. It says so in its headers, for
// people, and in JSON:
//
//	{"job":"...","outbox":"<32 digits>","run":1,"epoch":7,"chunk":0,"messages":999,"of":1500,"rows":999}
//
// The stream takes the batch as a whole or not at all, and only if the marker before
// is still the last one (Nats-Expected-Last-Subject-Sequence): the same messages
// cannot be taken twice, nor can those of two jobs mix.
//
// After a start, and after any outcome that is not an acknowledgement, the sender
// reads the last marker from the stream and goes on behind it. What else it needs to
// know is in DIR/position.json: the number of this outbox, the last file that was
// published as a whole, and whether anything was sent after it. A marker may expire
// before its sink comes back. That does no harm unless the outcome of the very last
// batch is unknown, since the process died at that moment; then the sink stops. Where
// the stream allows it (AllowMsgTTL and AllowRollup, as streams have that the sink
// creates) markers never expire, and a new one takes the place of the one before.
//
// # What stops it
//
// The sender tries for ever, with a pause that grows, and tells by Log when trouble
// begins, changes and ends. It publishes nothing while the last marker is of another
// outbox (two jobs use one subject), ahead of this one (the directory is an old copy),
// behind it (the stream lost what it had acknowledged), or gone while an outcome is
// unknown; while no stream captures the subjects, or one that cannot keep them safe;
// and while a message is larger than the server takes. The message says what to do.
// Recover returns these as errors, when the server answers. Rows wait in the outbox,
// which only the disk bounds.
//
// Every message has a Nats-Msg-Id, <outbox>-<run>-<epoch>-<chunk>-<number>, which is
// the same whenever it is sent, and alerts a Cdr-Alert-Id.
//
// Rows are personal data: files are 0600 and directories 0700. Messages to people
// tell nothing of a row.
package jetstream
