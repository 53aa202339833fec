// Package webhook posts alerts to a URL, as JSON:
//
//	POST URL
//	Content-Type: application/json
//	Idempotency-Key: 32 hexadecimal digits, the same for the same batch
//	Authorization: Bearer TOKEN
//
//	{"alerts":[{"alert_id":"...", ...}, ...]}
//
// An alert is as alert.AppendJSON writes it. Alerts come in their order, a batch at
// a time, and only once the epoch that they belong to is committed.
//
// # At least once
//
// Whoever runs the job never waits for the receiver. Alerts pass through files, in a
// directory of this sink alone:
//
//	WriteAlerts  DIR/staged/<epoch>-<part>-<hash>.jsonl   part of an epoch, up to a megabyte
//	Prepare      fsync
//	Commit       DIR/outbox/<the same name>               published as package stage tells
//
// From there a goroutine sends them and removes a file once all of it is
// acknowledged. A process that dies leaves the rest to the next one. What was
// acknowledged just before comes again: the receiver knows it by the
// Idempotency-Key, or by the alert_id of each alert, which a replay does not change
// either.
//
// # When the receiver fails
//
// A status of 2xx acknowledges a batch. 408, 425, 429, 5xx, and what is no answer at
// all, are tried again, for ever: after a second, and twice as long each time up to
// five minutes, less up to half of it at random, but no sooner than Retry-After says
// (up to an hour). Any other status, redirects included, says that the batch will
// never be taken: it goes to the dead letters. So do the oldest files of the outbox
// when that grows beyond its bound.
//
//	DIR/dead/<name>.jsonl         a file that had to make room, one alert a line
//	DIR/dead/<name>-<batch>.jsonl a batch that was refused
//
// Nobody sends or removes dead letters but people. They may hold alerts that were
// acknowledged, too, when a process died in between.
//
// Alerts are personal data: files are 0600 and directories 0700. Messages tell
// neither the URL, which may hold a secret, nor the token, nor anything of an alert.
package webhook
