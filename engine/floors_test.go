package engine_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// floors is the import graph of the module: who may import what. A row speaks
// for the package of its name, or for those its pattern matches that no other
// row names (* is one path element). A package imports from rows above its own and nothing that
// its row does not list. After go/build's deps_test.
//
// ours and theirs are separated by spaces: packages of this module (patterns
// likewise) and the beginnings of third-party import paths. The standard
// library is open to all. Tests are freer: they may import any package of the
// module and, besides what their package may, what testLibraries lists.
var floors = []struct{ pkg, ours, theirs string }{
	// 0: the vocabulary.
	{"engine/internal/fetch", "", ""},
	{"engine/internal/huge", "", ""},
	{"engine/internal/processor", "", "golang.org/x/sys/cpu"},
	{"engine/cdr", "engine/internal/huge", ""},
	{"engine/disk", "", ""},
	{"engine/disk/*", "engine/disk", ""},

	// 1: contracts, and the parts that know nothing of each other.
	{"engine/numbering", "engine/cdr engine/numbering/internal/*", ""},
	{"engine/numbering/internal/gen", "engine/cdr engine/numbering/internal/*", phonenumbers},
	{"engine/numbering/internal/*", "engine/cdr", ""},
	{"engine/source", "engine/cdr", ""},
	{"engine/decode", "engine/cdr engine/internal/processor engine/numbering", ""},
	{"engine/order", "engine/cdr", ""},
	{"engine/window", "engine/cdr engine/internal/processor", ""},
	{"engine/feature", "engine/cdr engine/internal/huge engine/internal/processor engine/window", ""},
	{"engine/alert", "engine/cdr", ""},

	// 2: formats, sources, rules, checkpoints.
	{"engine/decode/ber", "engine/cdr engine/decode", ""},
	{"engine/decode/profile", "engine/cdr engine/decode engine/decode/ber engine/numbering", "github.com/goccy/go-yaml"},
	{"engine/decode/roaming", "engine/cdr engine/decode engine/decode/ber", ""},
	{"engine/decode/tap", "engine/cdr engine/decode engine/decode/ber engine/decode/roaming", ""},
	{"engine/decode/nrtrde", "engine/cdr engine/decode engine/decode/ber engine/decode/roaming", ""},
	{"engine/decode/csv", "engine/cdr engine/decode engine/internal/processor", ""},
	{"engine/decode/*", "engine/cdr engine/decode engine/decode/ber engine/numbering", ""},
	{"engine/hygiene", "engine/cdr engine/decode", ""},
	{"engine/source/file", "engine/cdr engine/source engine/decode", compress},
	{"engine/source/jetstream", "engine/cdr engine/source", nats},
	{"engine/source/spool", "engine/cdr engine/source engine/disk", ""},
	{"engine/source/natstest", "", nats + " go.uber.org/goleak"},
	{"engine/source/*", "engine/cdr engine/source", ""},
	{"engine/rules", "engine/cdr engine/window engine/feature engine/alert", "github.com/expr-lang/expr github.com/goccy/go-yaml"},
	{"engine/checkpoint", "engine/cdr engine/disk engine/source engine/hygiene", ""},

	// 3: the state of some subscribers.
	{"engine/shard", "engine/cdr engine/internal/fetch engine/internal/huge engine/internal/processor engine/numbering engine/order engine/window engine/feature engine/alert engine/rules engine/checkpoint", ""},

	// 4: the data path.
	{"engine", "engine/cdr engine/numbering engine/source engine/decode engine/order engine/window engine/feature engine/alert engine/rules engine/checkpoint engine/disk engine/shard engine/hygiene", ""},

	// For tests: another reading of the specification, tools of decoder tests.
	{"engine/internal/oracle", "engine/cdr engine/numbering engine/window engine/feature", phonenumbers},
	{"engine/decode/decodetest", "engine/cdr engine/decode engine/numbering engine/internal/*", ""},

	// 5: what is counted and where rows go. Never each other.
	{"aggregators", "aggregators/* engine/feature engine/numbering", ""},
	{"aggregators/*", "engine/cdr engine/window engine/feature engine/numbering engine/alert", ""},
	{"sinks/internal/columns", "engine/feature", arrow},
	{"sinks/parquet/internal/processor", "", "golang.org/x/sys/cpu"},
	{"sinks/parquet", sink + " engine/decode engine/hygiene sinks/internal/columns sinks/parquet/internal/*", arrow + " " + compress},
	{"sinks/arrowipc", sink + " sinks/internal/columns", arrow},
	{"sinks/jetstream", sink + " sinks/internal/columns", nats + " github.com/synadia-io/orbit.go/jetstreamext " + arrow},
	{"sinks/metrics", sink, "github.com/prometheus/"},
	{"sinks/*", sink, ""},

	// 6: the program, and what measures it.
	{"cmd/cdrstream/internal/config", "engine/window engine/shard", "github.com/goccy/go-yaml"},
	{"cmd/cdrstream/internal/progress", "", "github.com/vbauerster/mpb/v8"},
	{"cmd/cdrstream/internal/yamltree", "", "github.com/goccy/go-yaml"},
	{"cmd/cdrstream/internal/backtest", "", ""},
	{"cmd/cdrstream/internal/rejects", "engine/disk", ""},
	{"cmd/cdrstream/internal/vectors", "cmd/cdrstream/internal/config cmd/cdrstream/internal/yamltree sinks/parquet", compress},
	{"cmd/cdrstream/internal/ruletest", "cmd/cdrstream/internal/config cmd/cdrstream/internal/yamltree engine/feature engine/alert engine/rules", ""},
	{"cmd/cdrstream/internal/natsconn", "", nats},
	{"cmd/cdrstream/internal/natsserver", "", nats},
	{"cmd/cdrstream/internal/feed", "engine/source engine/source/file engine/decode", nats + " github.com/synadia-io/orbit.go/jetstreamext"},
	{"cmd/cdrstream/internal/web", "", "github.com/prometheus/ github.com/goccy/go-yaml"},
	{"cmd/cdrstream/internal/bus", "cmd/cdrstream/internal/natsconn cmd/cdrstream/internal/natsserver", nats},
	{"bench/traffic", "engine/cdr engine/numbering", ""},
	{"cmd/cdrstream", "* */* */*/* cmd/cdrstream/internal/*", "github.com/spf13/ golang.org/x/term " + compress},
	{"bench/traffic/*", "bench/traffic", compress},
	{"bench", "* */* */*/*", ""},
	{"bench/live", "", nats},
	{"bench/report", "", ""},
	{"bench/synthetic", "engine engine/cdr engine/decode engine/source", ""},
	{"bench/scale", "* */* */*/*", ""},
	{"bench/*", "engine/cdr engine/numbering bench/*", ""},
}

const (
	sink         = "engine/cdr engine/disk engine/disk/stage engine/window engine/feature engine/numbering engine/alert"
	arrow        = "github.com/apache/arrow/go/v15/"
	compress     = "github.com/klauspost/compress/"
	nats         = "github.com/nats-io/"
	phonenumbers = "github.com/nyaruka/phonenumbers"
)

// testOnly packages are imported by tests, and by each other.
const testOnly = "engine/internal/oracle engine/decode/decodetest engine/disk/disktest engine/source/natstest"

// testLibraries are third-party packages that any test may import.
const testLibraries = "pgregory.net/rapid go.uber.org/goleak github.com/rogpeppe/go-internal/testscript " + phonenumbers + " " + arrow + " " + compress + " " + nats

const module = "github.com/cdrstream/cdrstream"

func TestFloors(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range imports(t, "..") {
		row, known := floor(i.pkg)
		if !known {
			if !seen[i.pkg] {
				t.Errorf("%s: the package %s has no row in the table of engine/floors_test.go: add one on its floor", i.file, i.pkg)
			}
			seen[i.pkg] = true
			continue
		}
		if problem := refuse(i, floors[row].ours, floors[row].theirs, row); problem != "" {
			t.Errorf("%s: imports %s: %s (engine/floors_test.go)", i.file, i.path, problem)
		}
	}
}

// refuse says why an import may not be, "" if it may.
func refuse(i imported, ours, theirs string, row int) string {
	own, isOurs := strings.CutPrefix(i.path, module+"/")
	isTest := strings.HasSuffix(i.file, "_test.go")
	switch {
	case isOurs && isTest:
		return ""
	case isOurs && matches(testOnly, own) && !matches(testOnly, i.pkg):
		return "only tests may import it"
	case isOurs && !matches(ours, own):
		return "not on the list of " + floors[row].pkg
	case isOurs || standard(i.path):
		return ""
	case begins(theirs, i.path) || isTest && begins(testLibraries, i.path):
		return ""
	}
	return "this library has no place in " + floors[row].pkg
}

// The table itself goes downwards, so that no cycle of floors can be written.
func TestFloorsGoDown(t *testing.T) {
	for n, f := range floors {
		for _, p := range strings.Fields(f.ours) {
			if strings.Contains(p, "*") {
				continue // a group; its rows say for themselves whom they import
			}
			at, known := floor(p)
			if !known || at >= n {
				t.Errorf("%s lists %s, which is not in a row above", f.pkg, p)
			}
		}
	}
}

func TestRefuse(t *testing.T) {
	for _, c := range []struct {
		file, path string
		want       string // "" = allowed
	}{
		{"engine/cdr/a.go", "strings", ""},
		{"engine/cdr/a.go", module + "/engine/window", "not on the list"},
		{"engine/cdr/a.go", "golang.org/x/sys/cpu", "no place"},
		{"engine/cdr/a_test.go", "pgregory.net/rapid", ""},
		{"engine/cdr/a_test.go", "github.com/spf13/cobra", "no place"},
		{"engine/window/a.go", module + "/engine/internal/oracle", "only tests"},
		{"engine/window/a_test.go", module + "/engine/internal/oracle", ""},
		{"sinks/jsonl/a.go", module + "/sinks/parquet", "not on the list"},
		{"sinks/jsonl/a.go", "github.com/apache/arrow/go/v15/arrow", "no place"},
		{"sinks/parquet/a.go", "github.com/apache/arrow/go/v15/arrow", ""},
		{"sinks/parquet/a.go", "github.com/apache/arrow/go/v150", "no place"},
		{"aggregators/peers/a.go", module + "/aggregators/activity", "not on the list"},
		{"aggregators/peers/a.go", module + "/engine/shard", "not on the list"},
		{"engine/shard/a.go", module + "/engine", "not on the list"},
		{"cmd/cdrstream/a.go", module + "/aggregators/peers", ""},
		{"cmd/cdrstream/a.go", module + "/engine/source/file", ""},
	} {
		i := imported{file: c.file, pkg: path.Dir(c.file), path: c.path}
		row, _ := floor(i.pkg)
		got := refuse(i, floors[row].ours, floors[row].theirs, row)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s imports %s: got %q, want %q", c.file, c.path, got, c.want)
		}
	}
}

type imported struct{ file, pkg, path string }

// imports lists the imports of all Go files of the module at root: build tags
// do not matter, nested modules and testdata are left out.
func imports(t *testing.T, root string) (all []imported) {
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil && name != root {
				return filepath.SkipDir
			}
			if base := d.Name(); name != root && (base == "testdata" || base[0] == '.' || base[0] == '_') {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, s := range f.Imports {
			p, err := strconv.Unquote(s.Path.Value)
			if err != nil {
				return err
			}
			all = append(all, imported{file: rel, pkg: path.Dir(rel), path: p})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].file < all[j].file })
	return all
}

// floor is the row of pkg: the one that names it, else the first that matches.
func floor(pkg string) (row int, known bool) {
	for n, f := range floors {
		if f.pkg == pkg {
			return n, true
		}
	}
	for n, f := range floors {
		if matches(f.pkg, pkg) {
			return n, true
		}
	}
	return 0, false
}

func matches(patterns, pkg string) bool {
	for _, p := range strings.Fields(patterns) {
		if ok, _ := path.Match(p, pkg); ok {
			return true
		}
	}
	return false
}

func begins(prefixes, p string) bool {
	for _, b := range strings.Fields(prefixes) {
		if p == strings.TrimSuffix(b, "/") || strings.HasPrefix(p, strings.TrimSuffix(b, "/")+"/") {
			return true
		}
	}
	return false
}

func standard(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !strings.Contains(first, ".")
}
