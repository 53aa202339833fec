package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/klauspost/compress/zstd"

	"github.com/cdrstream/cdrstream/engine/source"
)

var errIsDirectory = errors.New("is a directory")

// damage is an error whose text stands by itself and whose cause can be asked
// for.
type damage struct {
	text  string
	cause error
}

func (d *damage) Error() string { return d.text }
func (d *damage) Unwrap() error { return d.cause }

// foreignError says that a file is packed in a way that is not read here.
type foreignError struct{ tool string }

func (e *foreignError) Error() string { return "is packed; unpack it with " + e.tool }

// trouble words an error that opening or finding path met.
func trouble(path string, err error) error {
	var text string
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = "no such file or directory: check the path"
	case errors.Is(err, fs.ErrPermission):
		text = "permission denied: make it readable for this user"
	case errors.Is(err, errIsDirectory):
		text = "is a directory, not a file: name the files in it"
	default:
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		text = err.Error() + ": check the file system"
	}
	return &damage{text: path + ": " + text, cause: err}
}

// failure words how the stream ended. io.EOF stays what it is.
func (f *File) failure() error {
	if f.end == io.EOF {
		return io.EOF
	}
	var worded *damage
	if errors.As(f.end, &worded) || errors.Is(f.end, context.Canceled) || errors.Is(f.end, context.DeadlineExceeded) {
		return f.end
	}
	var other *foreignError
	switch {
	case errors.As(f.end, &other):
		return f.damaged("the content is packed by another program: unpack it (%s) and read that from standard input", other.tool)
	case f.kind == zstandard && (errors.Is(f.end, zstd.ErrWindowSizeExceeded) || errors.Is(f.end, zstd.ErrDecoderSizeExceeded)):
		return f.damaged("zstd data needs a window of more than %d MiB: unpack it with zstd -dc --long=31 and read that from standard input", maxWindow>>20)
	case errors.Is(f.end, fs.ErrClosed):
		return f.damaged("the file has been closed")
	case f.kind != plain && errors.Is(f.end, io.ErrUnexpectedEOF):
		return f.damaged("%s data is cut short after byte %d of its content, in %s %d: fetch the file again, it is not complete", f.kind, f.decoded, f.unit(), f.pos.Line+1)
	case f.kind != plain && !isDisk(f.end):
		return f.damaged("%s data is damaged after byte %d of its content, in %s %d (%v): fetch the file again", f.kind, f.decoded, f.unit(), f.pos.Line+1, f.end)
	}
	return f.damaged("reading failed after byte %d of its content, in %s %d (%v): check the disk, then run the same command again", f.decoded, f.unit(), f.pos.Line+1, cause(f.end))
}

func (f *File) damaged(format string, args ...any) error {
	return &damage{text: f.label() + ": " + fmt.Sprintf(format, args...), cause: f.end}
}

// unit is what is counted in positions.
func (f *File) unit() string {
	if f.framing != nil {
		return "record"
	}
	return "line"
}

// label is the name for people.
func (f *File) label() string {
	if f.name == Stdin {
		return "standard input"
	}
	return f.name
}

// isDisk reports that err comes from the operating system and not from a
// decompressor.
func isDisk(err error) bool {
	var p *fs.PathError
	return errors.As(err, &p)
}

func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (f *File) cannotReach(p source.Position, err error) error {
	return &damage{text: fmt.Sprintf("%s: cannot go to byte %d of its content (%v): start again without the saved state", f.label(), p.Offset, err), cause: err}
}

func (f *File) tooShort(p source.Position, length int64) error {
	return &damage{text: fmt.Sprintf("%s: holds %d bytes, but %d had been read: it was cut or replaced; put the old file back or start again without the saved state", f.label(), length, p.Offset), cause: io.ErrUnexpectedEOF}
}

// endsBefore words that a compressed stream ended before p.
func (f *File) endsBefore(p source.Position) error {
	if f.end != io.EOF {
		return f.failure()
	}
	return f.tooShort(p, f.decoded)
}
