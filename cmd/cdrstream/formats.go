package main

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// formats finds out how messages are read.
type formats struct {
	all   []decode.Decoder
	rules *decode.Source
}

// head tells which format the message data is of, given the configured one, and how
// many bytes of it precede the records.
func (f *formats) head(format string, data []byte) (string, int) {
	if format == autoFormat && bytes.HasPrefix(data, []byte("{")) { // often, and Detect reads it all
		format = "json"
	}
	d := f.named(format)
	if format == autoFormat {
		d, _, _ = decode.Choose(f.all, data)
	}
	if d == nil {
		return format, 0
	}
	_, skip, err := d.Open(data, f.rules)
	if err != nil {
		return d.Name(), 0
	}
	return d.Name(), skip
}

// layout makes of a format, and what precedes its records, how they are read.
func (f *formats) layout(format string, head []byte) any {
	d := f.named(format)
	if d == nil && format == autoFormat {
		return refuse("the format is unknown: name it with --format, or in the header Cdr-Format of the message")
	}
	if d == nil {
		return refuse(fmt.Sprintf("the format %.40q is unknown", format))
	}
	if len(head) > 0 {
		head = append(slices.Clone(head), '\n')
	}
	l, _, err := d.Open(head, f.rules)
	if err != nil {
		return refuse(fmt.Sprintf("%s: %v; give the header row in the message, or in its header Cdr-Head", d.Name(), err))
	}
	if decode.FramingOf(d, l) != nil {
		return refuse(fmt.Sprintf("%s is read from files, not from messages: let serve watch a spool directory", d.Name()))
	}
	return engine.Format{Decoder: d, Layout: l}
}

func (f *formats) names() (all []string) {
	for _, d := range f.all {
		all = append(all, d.Name())
	}
	return all
}

func (f *formats) named(format string) decode.Decoder {
	for _, d := range f.all {
		if d.Name() == format {
			return d
		}
	}
	return nil
}

// unknownFormat says that there is no format of that name, and what to do.
func unknownFormat(name string, names []string) string {
	if near := config.Nearest(name, names); near != "" {
		return fmt.Sprintf("unknown format %q: did you mean %s?", name, near)
	}
	return fmt.Sprintf("unknown format %q: cdrstream profiles list lists the formats; one of your own needs --profile FILE, or its file under the key profiles", name)
}

func refuse(why string) engine.Format { return engine.Format{Decoder: decode.Refusal(why)} }

// autoFormat is the name of no format: the content tells.
const autoFormat = "auto"
