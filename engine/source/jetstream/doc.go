// Package jetstream reads messages of call-detail records from NATS: a JetStream
// stream or the part of it that a subject filter takes (a partition), see
// [Open], and a core NATS subject, see [Subscribe]. Both are a [source.Live].
//
// A message holds one record or a block of many, as lines of text. How they are to
// be read it says in its headers (Cdr-Format, Cdr-Head), or its subject does, or its
// own first line; see [Options]. On their way messages are gathered in parts:
//
//	server --requests--> client --receive--> queue of parts --Read--> block
//	                                         part: the records of messages that follow each
//	                                               other and are read alike, up to a block
//
// so that Read copies one part and never waits. The queue is bounded in bytes: what
// is asked of the server is what it has room for, and nothing is asked when it is
// full.
//
// # A stream
//
// The position is ours, in the bookmark; the server keeps none and nothing is
// acknowledged. A goroutine, the keeper, attaches: it compares the stream with what the
// position was taken of, has the server make an ephemeral consumer that begins
// there, asks it for messages, and attaches anew whenever anything is amiss: a
// connection that was cut, a server that was restarted, a leader that was lost, a
// consumer that was deleted, silence. What makes that safe is that each message
// brings two numbers. That of the delivery must be the next one, or something was
// lost on the way: attach again. That of the message in the stream must be the next
// one, or messages are missing in the stream.
//
// JetStream itself passes over what is missing without a word, and waits for ever at a
// position behind its end. So on each attach the stream must be the one that was
// read: created at the same time, its first message not behind the position and its
// last not before it, and the message last read, if it is still there, stored at the
// same time with the same content. Otherwise the job stops and says which messages are
// missing; or, with Options.AcceptGap, says so and goes on:
//
//	expired or purged       with the oldest message that is left
//	rolled back             with the first message stored after the one last read
//	created anew            with its first message
//	deleted from within     with the next one that is left
//
// With a subject filter the numbers of messages leap anyway, so deletions from within
// are not seen, and of those that expired or were purged nobody can tell whether they
// were of the filter: the job stops when the stream has begun behind the position.
// The position of a quiet partition moves on with the stream, so that this does not
// come of itself. The job also stops when, while it reads, the stream loses messages
// up to where the reading was a second before: some may have gone unread.
//
// # A subject
//
// Core NATS delivers at most once: what is sent while nobody listens is gone, and
// nobody can tell. Its source says so in its name, and in the log when it goes on.
package jetstream
