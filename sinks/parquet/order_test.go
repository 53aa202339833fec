package parquet

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// logging is a disk that notes what makes files durable and visible.
type logging struct {
	osDisk
	dir string
	log *[]string
}

func (d logging) note(what, path string) {
	rel, _ := filepath.Rel(d.dir, path)
	*d.log = append(*d.log, what+" "+rel)
}

func (d logging) create(path string) (file, error) {
	f, err := d.osDisk.create(path)
	return loggingFile{f, d, path}, err
}

func (d logging) rename(from, to string) error {
	d.note("rename", to)
	return d.osDisk.rename(from, to)
}
func (d logging) link(from, to string) error { d.note("link", to); return d.osDisk.link(from, to) }
func (d logging) remove(path string) error   { d.note("remove", path); return d.osDisk.remove(path) }
func (d logging) syncDir(dir string) error   { d.note("sync", dir); return d.osDisk.syncDir(dir) }

type loggingFile struct {
	file
	disk logging
	path string
}

func (f loggingFile) Sync() error  { f.disk.note("sync", f.path); return f.file.Sync() }
func (f loggingFile) Close() error { f.disk.note("close", f.path); return f.file.Close() }

// Content is durable before names, names before the next step.
func TestOrder(t *testing.T) {
	var log []string
	sink := newSink(t, t.TempDir(), schemaOf(allShapes()))
	sink.disk = logging{dir: sink.dir, log: &log}
	must(t, sink.Write(ctx, small(1, boundary, 0, 5)))
	log = nil
	must(t, sink.Prepare(ctx, 1))
	must(t, sink.Commit(ctx, 1))
	const staging, name = ".staging/features/", "2026-03-01_20260301T230000Z-00.parquet"
	want := []string{
		"sync " + staging + "open/" + name,
		"close " + staging + "open/" + name,
		"rename " + staging + "1/" + name,
		"sync " + staging + "1",
		"sync .staging/features",
		"sync .staging",
		"sync .",
		"sync ..",
		"link " + final0,
		"sync features/date=2026-03-01",
		"sync features",
		"sync .",
		"remove " + staging + "1/" + name,
		"remove " + staging + "1",
	}
	if !slices.Equal(log, want) {
		t.Errorf("got\n%s", strings.Join(log, "\n"))
	}
}
