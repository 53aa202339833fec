package jetstream

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Encoding is how rows stand in messages.
type Encoding string

// The encodings.
const (
	JSON  Encoding = "json"  // a row a message
	Arrow Encoding = "arrow" // an Arrow IPC stream a message: the schema, one record batch of some rows
)

// Options of a sink; all but Subject may be left at their zero value.
type Options struct {
	Subject  string   // of rows or alerts, without wildcards; markers go to Subject.commit
	Job      string   // name of the job, in markers
	Encoding Encoding // of features, "": JSON

	Rows       int // most rows of an Arrow message, 0: 256
	MaxMessage int // bytes of an Arrow message above which it is split, 0: 512 KiB, at most what the server takes
	Batch      int // most messages of an atomic batch besides its marker, 0: 999, which is also the most

	Timeout time.Duration // of an answer of the server, 0: 10 s
	Drain   time.Duration // how long Close goes on sending, 0: 5 s
	Create  *Create       // makes the stream when none captures the subject; nil: it must be there

	Metadata map[string]string    // of the Arrow schema
	Log      func(message string) // trouble with the server, and its end; may be called by any goroutine. nil: nobody listens
	Disk     disk.FS              // nil: the operating system's, files 0600, directories 0700
}

// Create is a stream to be made, for the two subjects of one sink.
type Create struct {
	Stream   string        // its name
	MaxAge   time.Duration // of a message, 0: for ever
	MaxBytes int64         // of all messages, the oldest make room; 0: unlimited
	Replicas int           // 0: 1
}

const (
	fileMode = 0o600
	dirMode  = 0o700

	markerSuffix = ".commit"
	mostBatch    = 999
)

// complete checks o and fills in what was left out.
func (o *Options) complete() error {
	if err := checkSubject(o.Subject); err != nil {
		return err
	}
	if o.Encoding == "" {
		o.Encoding = JSON
	}
	if o.Encoding != JSON && o.Encoding != Arrow {
		return fmt.Errorf("jetstream: the encoding %q is unknown: choose json or arrow", o.Encoding)
	}
	if o.Create != nil && (o.Create.Stream == "" || strings.ContainsAny(o.Create.Stream, " .*>/\\\t\r\n")) {
		return fmt.Errorf("jetstream: %q cannot be the name of a stream: leave out spaces, dots, wildcards and slashes", o.Create.Stream)
	}
	defaultTo(&o.Rows, 256)
	defaultTo(&o.MaxMessage, 512<<10)
	defaultTo(&o.Batch, mostBatch)
	o.Batch = min(o.Batch, mostBatch)
	defaultTo(&o.Timeout, 10*time.Second)
	defaultTo(&o.Drain, 5*time.Second)
	if o.Log == nil {
		o.Log = func(string) {}
	}
	if o.Disk == nil {
		o.Disk = disk.New(fileMode, dirMode)
	}
	return nil
}

func checkSubject(s string) error {
	switch {
	case s == "":
		return errors.New("jetstream: a subject is needed")
	case strings.ContainsAny(s, " *>\t\r\n") || strings.Contains("."+s+".", ".."):
		return fmt.Errorf("jetstream: %q is no subject to publish to: write words with dots between them, without spaces and wildcards", s)
	case strings.HasPrefix(s, "$"):
		return fmt.Errorf("jetstream: the subject %q belongs to the server: choose one that does not begin with $", s)
	}
	return nil
}

func defaultTo[T int | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}
