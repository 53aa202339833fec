package table

import (
	"errors"
	"os"
	"reflect"
	"testing"
)

func example() *Table {
	return &Table{
		Version: "v1",
		Nodes:   []uint16{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
		Leaves:  make([]uint16, LeafRow),
		Answers: []Answer{0, NewAnswer(539, 1, 1, 3, true)},
		Regions: []Region{{Name: "US", Code: "1", Possible: 1 << 10, Local: 1 << 7, Viable: 1, Before: "9",
			Strips: []Strip{{Masks: []uint16{2, 1023}, ToEnd: true, Captures: true, From: 1, To: 2}}}},
	}
}

func TestRoundTrip(t *testing.T) {
	want := example()
	got, err := Decode(string(Encode(want)))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v, want %+v", got, err, want)
	}
	a := want.Answers[1]
	if from, length := a.Area(); a.Country() != 539 || a.Class() != 1 || from != 1 || length != 3 || !a.Valid() {
		t.Errorf("answer %x is not what was packed", a)
	}
}

func TestDecodeRefusesDamage(t *testing.T) {
	whole := string(Encode(example()))
	for n := range len(whole) {
		if _, err := Decode(whole[:n]); !errors.Is(err, ErrDamaged) {
			t.Errorf("the first %d bytes: error %v", n, err)
		}
	}
	for name, spoil := range map[string]func(*Table){
		"child":  func(t *Table) { t.Nodes[3] = 2 },
		"end":    func(t *Table) { t.Nodes[End] = 2 },
		"leaf":   func(t *Table) { t.Leaves[5] = 2 },
		"viable": func(t *Table) { t.Regions[0].Viable = 2 },
		"strip":  func(t *Table) { t.Regions[0].Strips[0].To = 3 },
		"row":    func(t *Table) { t.Nodes = t.Nodes[1:] },
	} {
		bad := example()
		spoil(bad)
		if _, err := Decode(string(Encode(bad))); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestCountryCodes(t *testing.T) {
	for code := range 1024 {
		if name := CountryName(code); name != "" && CountryCode(name) != code {
			t.Errorf("%d is named %s, which is %d", code, name, CountryCode(name))
		}
	}
	for _, name := range []string{"", "F", "fr", "F1", "33", "700", "8a1", "FRA"} {
		if CountryCode(name) != 0 {
			t.Errorf("%q has the code %d", name, CountryCode(name))
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(string(Encode(example())))
	if plan, err := os.ReadFile("../../plan.bin"); err == nil {
		f.Add(string(plan[:2000]))
	}
	f.Fuzz(func(t *testing.T, data string) {
		if table, err := Decode(data); err == nil && string(Encode(table)) != data {
			t.Error("what was decoded is not what was encoded")
		}
	})
}
