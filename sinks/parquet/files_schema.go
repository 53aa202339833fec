package parquet

import (
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/hygiene"
)

// fileColumns are the columns of the register of files.
var fileColumns = columnsOfTable[hygiene.File]{
	textColumn("name", func(f *hygiene.File) string { return f.Name }),
	textColumn("status", func(f *hygiene.File) string { return string(f.Status) }),
	optional(textColumn("duplicate_of", func(f *hygiene.File) string { return f.DuplicateOf }), func(f *hygiene.File) bool { return f.DuplicateOf != "" }),
	optional(textColumn("format", func(f *hygiene.File) string { return f.Format }), hasFormat),
	textColumn("switch", (*hygiene.File).Switch),
	optional(intColumn("size", func(f *hygiene.File) int64 { return f.Size }), func(f *hygiene.File) bool { return f.Size >= 0 }),
	optional(textColumn("hash", func(f *hygiene.File) string { return f.Hash }), func(f *hygiene.File) bool { return f.Hash != "" }),

	claimed("sequence", decode.ClaimSequence, func(c *decode.Claims) int64 { return c.Sequence }),
	claimed("claimed_records", decode.ClaimRecords, func(c *decode.Claims) int64 { return c.Records }),
	claimed("claimed_lost", decode.ClaimLost, func(c *decode.Claims) int64 { return c.Lost }),
	intColumn("read", func(f *hygiene.File) int64 { return f.Ledger.Read }),
	optional(intColumn("accepted", func(f *hygiene.File) int64 { return f.Ledger.Accepted }), settled),
	optional(intColumn("duplicate", func(f *hygiene.File) int64 { return f.Ledger.Duplicate }), settled),
	intColumn("late", func(f *hygiene.File) int64 { return f.Ledger.Late }),
	intColumn("rejected", func(f *hygiene.File) int64 { return f.Ledger.Rejected }),
	intColumn("filtered", func(f *hygiene.File) int64 { return f.Ledger.Filtered }),

	optional(timeColumn("first_event", func(f *hygiene.File) cdr.Millis { return f.Totals.First }), hasEvents),
	optional(timeColumn("last_event", func(f *hygiene.File) cdr.Millis { return f.Totals.Last }), hasEvents),
	ofService("voice", cdr.Voice), ofService("sms", cdr.SMS), ofService("mms", cdr.MMS), ofService("data", cdr.Data),
	countsColumn("types", func(f *hygiene.File) map[string]int64 { return f.Types }),
	countsColumn("notes", func(f *hygiene.File) map[string]int64 { return f.Notes.ByName(false) }),

	intColumn("talk_ms", func(f *hygiene.File) int64 { return f.Totals.TalkMS }),
	claimed("claimed_talk_ms", decode.ClaimTalk, func(c *decode.Claims) int64 { return c.TalkMS }),
	intColumn("charge_micros", func(f *hygiene.File) int64 { return f.Totals.Charge }),
	claimed("claimed_charge_micros", decode.ClaimCharge, func(c *decode.Claims) int64 { return c.Charge }),
	textsColumn("warnings", warnings),
}

func hasFormat(f *hygiene.File) bool { return f.Format != "" }

func settled(f *hygiene.File) bool { return f.Settled }

func hasEvents(f *hygiene.File) bool { return f.Totals.Count() > 0 }

func warnings(f *hygiene.File) (all []string) {
	for _, w := range f.Warnings {
		all = append(all, string(w.Code)+": "+w.Text)
	}
	return all
}

// claimed is a column of a claim, null where the file makes none.
func claimed(name string, what decode.Claim, of func(c *decode.Claims) int64) tableColumn[hygiene.File] {
	return optional(intColumn(name, func(f *hygiene.File) int64 { return of(&f.Claims) }), func(f *hygiene.File) bool { return f.Claims.Has&what != 0 })
}

func ofService(name string, s cdr.Service) tableColumn[hygiene.File] {
	return intColumn(name, func(f *hygiene.File) int64 { return f.Totals.Records[s] })
}

func intColumn[T any](name string, of func(row *T) int64) tableColumn[T] {
	return tableColumn[T]{arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int64}, func(b array.Builder, row *T) {
		b.(*array.Int64Builder).Append(of(row))
	}}
}

// countsColumn is a map, by name.
func countsColumn[T any](name string, of func(row *T) map[string]int64) tableColumn[T] {
	return tableColumn[T]{arrow.Field{Name: name, Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64)}, func(b array.Builder, row *T) {
		m, counts := b.(*array.MapBuilder), of(row)
		m.Append(true)
		for _, key := range slices.Sorted(maps.Keys(counts)) {
			putText(m.KeyBuilder(), key)
			m.ItemBuilder().(*array.Int64Builder).Append(counts[key])
		}
	}}
}
