package parquet

import (
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// Content is durable before names, names before the next step.
func TestOrder(t *testing.T) {
	m := disktest.New()
	sink, err := New("out", schemaOf(allShapes()), Options{Disk: m})
	must(t, err)
	must(t, sink.Write(ctx, small(1, boundary, 0, 5)))
	from := m.Ops()
	prepare(t, sink, 1)
	must(t, sink.Commit(ctx, 1))
	must(t, sink.Write(ctx, of(2, small(1, boundary+day, 0, 5))))
	again := m.Ops()
	prepare(t, sink, 2)
	must(t, sink.Commit(ctx, 2))
	const second = "20260302T230000Z-00.parquet"
	for _, c := range []struct {
		from, to int
		want     []string
	}{
		{from, again - 2, []string{
			"sync out/" + staged0, "close out/" + staged0, "syncdir out/.staging/features",
			"syncdir out/.staging", "syncdir out", "syncdir .", // only once
			"mkdir out/features", "mkdir out/features/date=2026-03-01",
			"link out/" + final0, "syncdir out/features/date=2026-03-01", "syncdir out/features",
			"remove out/" + staged0,
		}},
		{again, m.Ops(), []string{
			"sync out/.staging/features/2_2026-03-01_" + second, "close out/.staging/features/2_2026-03-01_" + second, "syncdir out/.staging/features",
			"mkdir out/features/date=2026-03-01",
			"link out/features/date=2026-03-01/" + second, "syncdir out/features/date=2026-03-01",
			"remove out/.staging/features/2_2026-03-01_" + second,
		}},
	} {
		var got []string
		for n := c.from; n < c.to; n++ {
			got = append(got, strings.ReplaceAll(m.Op(n), " /", " "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("got\n%s", strings.Join(got, "\n"))
		}
	}
}
