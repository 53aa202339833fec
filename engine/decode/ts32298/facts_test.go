package ts32298

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// facts are what a record says, by name; what is left out is nothing, zero or false.
type facts map[string]string

const factOrder = "skip direction service start offset ring talk outcome cause partial forwarded calling called international imsi imei cell plmn rat up down"

func (f facts) String() string {
	var said []string
	for _, k := range strings.Fields(factOrder) {
		if v := f[k]; v != "" && v != "0" {
			said = append(said, k+"="+v)
		}
	}
	return strings.Join(said, " ")
}

// factsOf is what the decoder says of a record.
func factsOf(l decode.Layout, raw []byte) (f facts, problem string) {
	r := record{full: true, home: l.(*layout).home}
	if problem = r.read(raw, nil); problem != "" {
		return nil, problem
	}
	if r.skip {
		return facts{"skip": "true"}, ""
	}
	row := &r.row
	f = facts{
		"direction": row.Direction.String(), "service": [4]string{"voice", "sms", "mms", "data"}[row.Service],
		"start": decode.Time(row.Start), "offset": fmt.Sprint(row.Offset), "ring": fmt.Sprint(row.RingMS), "talk": fmt.Sprint(row.TalkMS),
		"outcome": [5]string{"", "answered", "no_answer", "busy", "failed"}[row.Outcome],
		"cause":   fmt.Sprint(row.Cause), "partial": fmt.Sprint(row.Partial),
		"calling": string(row.Text(decode.CallingNumber)), "called": string(row.Text(decode.CalledNumber)),
		"imsi": string(row.Text(decode.IMSI)), "imei": string(row.Text(decode.IMEI)), "cell": string(row.Text(decode.CellID)),
		"plmn": string(row.Text(decode.VisitedPLMN)), "rat": [6]string{"", "2g", "3g", "4g", "5g", "wifi"}[row.RAT],
		"up": fmt.Sprint(row.Up), "down": fmt.Sprint(row.Down),
	}
	if row.RingMS == cdr.RingUnknown {
		f["ring"] = ""
	}
	if row.Forwarded {
		f["forwarded"] = "true"
	}
	if row.CallingInternational {
		f["international"] = "calling"
	}
	if row.CalledInternational {
		f["international"] += "called"
	}
	return f, ""
}

// factTest is a record and what it says.
type factTest struct {
	name   string
	record []element
	want   string // facts, or the reason of the rejection
}

func testFacts(t *testing.T, tests []factTest) {
	t.Helper()
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	var file []byte
	for _, c := range tests {
		raw := encode(c.record...)
		file = append(file, raw...)
		t.Run(c.name, func(t *testing.T) {
			f, got := factsOf(l, raw)
			if got == "" {
				got = f.String()
			}
			if got != c.want {
				t.Errorf("\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	decodetest.Check(t, Decoder{}, l, file)
}

// testReference compares the decoder with a slow one over records made by chance.
func testReference(t *testing.T, count int, record func(m maker) []byte, slow func(top *slowNode) facts) {
	t.Helper()
	m := maker{rand.New(rand.NewPCG(5, 6))}
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	rejected := 0
	var file []byte
	for i := range count {
		raw := record(m)
		got, problem := factsOf(l, raw)
		want, refused := slowFacts(raw, slow)
		if problem != "" && refused != "" {
			rejected++
			continue
		}
		if problem+got.String() != refused+want.String() {
			t.Fatalf("record %d, %x:\n%s%v\nwant\n%s%v", i, raw, problem, got, refused, want)
		}
		if i < 1000 {
			file = append(file, raw...)
		}
	}
	if rejected == 0 || rejected > count/3 {
		t.Errorf("%d of %d rejected", rejected, count)
	}
	decodetest.Check(t, Decoder{}, l, file)
}

func slowFacts(raw []byte, slow func(top *slowNode) facts) (f facts, refused string) {
	defer func() {
		if p := recover(); p != nil {
			f, refused = nil, fmt.Sprint("refused: ", p)
		}
	}()
	tree, _, err := slowTree(raw, false)
	if err != nil {
		panic(err)
	}
	return slow(tree.list[0]), ""
}

// at is the member of n with a context tag, or the member of a member, nil when there is
// none.
func (n *slowNode) at(tags ...int) *slowNode {
	for _, tag := range tags {
		if n == nil || n.by == nil {
			return nil
		}
		n = n.by[fmt.Sprintf("2.%d", tag)]
	}
	return n
}

// text is the content as it stands.
func (n *slowNode) text() string {
	if n == nil {
		return ""
	}
	return string(n.value)
}

// hex is the content in hex digits.
func (n *slowNode) hex() string { return hex.EncodeToString([]byte(n.text())) }

// octets are hex digits of a text.
func octets(text string) string { return hex.EncodeToString([]byte(text)) }
