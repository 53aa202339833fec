package ts32298

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// slow is the reference: it turns a record into a tree, the tree into maps by the names
// of the members, and these into what a row says, without a thought about speed.

// slowNode is an element of a tree; by is its elements by tag, the last of each.
type slowNode struct {
	value []byte
	by    map[string]*slowNode
	list  []*slowNode
	tag   string
}

// slowTree reads all elements of b up to its end, or to end-of-contents.
func slowTree(b []byte, indefinite bool) (n *slowNode, rest []byte, err error) {
	n = &slowNode{by: map[string]*slowNode{}}
	for len(b) > 0 {
		if len(b) >= 2 && b[0] == 0 && b[1] == 0 {
			if indefinite {
				return n, b[2:], nil
			}
			b = b[2:]
			continue
		}
		first := b[0]
		b = b[1:]
		number := int(first & 31)
		if number == 31 {
			number = 0
			for more := true; more; b = b[1:] {
				if len(b) == 0 {
					return nil, nil, fmt.Errorf("cut")
				}
				number = number*128 + int(b[0]&127)
				more = b[0] >= 128
			}
		}
		if len(b) == 0 {
			return nil, nil, fmt.Errorf("cut")
		}
		length := int(b[0])
		b = b[1:]
		child := &slowNode{}
		if length == 128 {
			var after []byte
			if child, after, err = slowTree(b, true); err != nil {
				return nil, nil, err
			}
			child.value = b[:len(b)-len(after)-2]
			b = after
		} else {
			if length > 128 {
				octets := length - 128
				length = 0
				for ; octets > 0; octets-- {
					length = length*256 + int(b[0])
					b = b[1:]
				}
			}
			if length > len(b) {
				return nil, nil, fmt.Errorf("cut")
			}
			value := b[:length]
			b = b[length:]
			if first&32 != 0 {
				if child, _, err = slowTree(value, false); err != nil {
					return nil, nil, err
				}
			}
			child.value = value
		}
		child.tag = fmt.Sprintf("%d.%d", first>>6, number)
		if len(child.value) > 0 {
			n.by[child.tag] = child
		}
		n.list = append(n.list, child)
	}
	if indefinite {
		return nil, nil, fmt.Errorf("no end")
	}
	return n, nil, nil
}

const (
	slowGateway     = "recordType callingNumber calledNumber recordingEntity incomingTKGP outgoingTKGP seizure answer release duration - cause diagnostics callReference sequence"
	slowOriginating = "recordType servedIMSI servedIMEI servedMSISDN callingNumber calledNumber translatedNumber connectedNumber roamingNumber recordingEntity incomingTKGP outgoingTKGP location - basicService - - supplServicesUsed - - - - seizure answer release duration - - - - cause diagnostics callReference sequence - - - - - - camelInitCF - - - - - - - - - - - - - - - - - - - - systemType"
)

// slowNames are the members of the kinds, as the standard lists them.
var slowNames = map[string]string{
	"0":   slowOriginating,
	"1":   "recordType servedIMSI servedIMEI servedMSISDN callingNumber connectedNumber recordingEntity incomingTKGP outgoingTKGP location - basicService - - - - - - - seizure answer release duration - - - - cause diagnostics callReference sequence - - - - - - - - - - - - - - - systemType",
	"2":   "recordType servedIMSI servedMSISDN callingNumber roamingNumber recordingEntity incomingTKGP outgoingTKGP - - - - seizure answer release duration - cause diagnostics callReference sequence",
	"3":   slowGateway,
	"4":   slowGateway,
	"5":   "recordType recordingEntity incomingTKGP outgoingTKGP callingNumber calledNumber - seizure answer release duration - cause diagnostics callReference sequence",
	"6":   "recordType servedIMSI servedIMEI servedMSISDN - serviceCentre recordingEntity location messageReference eventTime smsResult - destinationNumber - systemType",
	"7":   "recordType serviceCentre servedIMSI servedIMEI servedMSISDN - recordingEntity location eventTime smsResult - systemType",
	"21":  "recordType servedIMSI servedIMEI servedMSISDN callingNumber roamingNumber recordingEntity incomingTKGP outgoingTKGP - seizure answer release duration cause diagnostics callReference sequence",
	"100": slowOriginating,
}

// slowRow is what the reference says of a record, as text.
func slowRow(raw []byte, home string) (said string) {
	defer func() {
		if p := recover(); p != nil {
			said = fmt.Sprint("rejected: ", p)
		}
	}()
	top, _, err := slowTree(raw, false)
	if err != nil {
		panic(err)
	}
	tag := strings.TrimPrefix(top.list[0].tag, "2.")
	m := map[string]*slowNode{}
	for i, name := range strings.Fields(slowNames[tag]) {
		if n := top.list[0].by[fmt.Sprintf("2.%d", i)]; n != nil && name != "-" {
			m[name] = n
		}
	}
	s := slowly{m: m, tag: tag, out: map[string]string{}}
	s.out["direction"] = map[string]string{"0": "originating", "100": "originating", "6": "originating", "1": "terminating", "7": "terminating"}[tag]
	if s.out["direction"] == "" {
		s.out["direction"] = "none"
	}
	s.read(home)
	return s.String()
}

type slowly struct {
	m   map[string]*slowNode
	tag string
	out map[string]string
}

// order is that of the facts in a row's text.
const slowOrder = "direction service start offset ring talk outcome cause partial forwarded calling called imsi imei cell plmn rat trunkin trunkout"

func (s *slowly) String() string {
	var b strings.Builder
	for _, k := range strings.Fields(slowOrder) {
		fmt.Fprintf(&b, "%s=%s ", k, s.out[k])
	}
	return b.String()
}

func (s *slowly) time(name string) (t time.Time, offset int) {
	n := s.m[name]
	if n == nil {
		return t, 0
	}
	h := hex.EncodeToString(n.value)
	if len(h) != 18 {
		panic(name)
	}
	sign := map[string]string{"2b": "+", "2d": "-"}[h[12:14]]
	t, err := time.Parse("20060102150405-0700", "20"+h[:12]+sign+h[14:])
	if err != nil {
		panic(name)
	}
	_, seconds := t.Zone()
	return t, seconds / 60
}

func (s *slowly) int(name string, most uint64) (uint64, bool) {
	n := s.m[name]
	if n == nil {
		return 0, false
	}
	v, b := uint64(0), n.value
	if b[0] >= 0x80 || len(b) > 9 {
		panic(name)
	}
	for _, c := range b {
		v = v*256 + uint64(c)
	}
	if v > most {
		panic(name)
	}
	return v, true
}

func (s *slowly) read(home string) {
	s.out["service"], s.out["forwarded"], s.out["rat"] = "voice", "false", "0"
	if s.tag == "6" || s.tag == "7" {
		s.message()
	} else {
		s.call()
	}
	s.out["imsi"], s.out["imei"] = s.digits("servedIMSI", 0), s.digits("servedIMEI", 0)
	if n := s.m["systemType"]; n != nil && len(n.value) == 1 {
		s.out["rat"] = map[byte]string{0: "0", 1: "2", 2: "1"}[n.value[0]]
		if s.out["rat"] == "" {
			s.out["rat"] = "0"
		}
	}
	for to, from := range map[string]string{"trunkin": "incomingTKGP", "trunkout": "outgoingTKGP"} {
		if n := s.m[from]; n != nil && n.by["2.1"] != nil {
			s.out[to] = string(n.by["2.1"].value)
		} else if n != nil && n.by["2.0"] != nil {
			s.out[to] = fmt.Sprint(slowUint(n.by["2.0"].value))
		}
	}
	if n := s.m["location"]; n != nil {
		network := home
		if p := n.by["2.2"]; p != nil {
			network = strings.TrimSuffix(slowSwap(hex.EncodeToString(p.value))[:3]+slowSwap(hex.EncodeToString(p.value))[4:]+slowSwap(hex.EncodeToString(p.value))[3:4], "f")
			s.out["plmn"] = network
		}
		if n.by["2.0"] != nil && n.by["2.1"] != nil {
			s.out["cell"] = strings.TrimPrefix(fmt.Sprintf("%s-%d-%d", network, slowUint(n.by["2.0"].value), slowUint(n.by["2.1"].value)), "-")
		}
	}
}

func slowUint(b []byte) (v uint64) {
	for _, c := range b {
		v = v*256 + uint64(c)
	}
	return v
}

// slowSwap exchanges the hex digits of every octet.
func slowSwap(h string) (out string) {
	for i := 0; i < len(h); i += 2 {
		out += h[i+1:i+2] + h[i:i+1]
	}
	return out
}

// digits is a TBCD string behind so many octets.
func (s *slowly) digits(name string, skip int) string {
	n := s.m[name]
	if n == nil || len(n.value) < skip {
		return ""
	}
	h, _, _ := strings.Cut(slowSwap(hex.EncodeToString(n.value[skip:])), "f")
	return strings.NewReplacer("a", "*", "b", "#", "c", "a", "d", "b", "e", "c").Replace(h)
}

func (s *slowly) numberOf(name string) string {
	n := s.m[name]
	if n == nil || len(n.value) < 2 {
		return ""
	}
	skip := 1
	if n.value[0] < 128 && n.value[1] >= 128 && n.value[1]&0x1C == 0 {
		skip = 2
	}
	d := s.digits(name, skip)
	if n.value[0]/16%8 == 1 && d != "" && strings.Contains("123456789", d[:1]) {
		d = "+" + d
	}
	return d
}

// fastRow is what a row says, in the same words.
func fastRow(r *decode.Row, problem string) string {
	if problem != "" {
		return "rejected: " + problem
	}
	ring := fmt.Sprint(r.RingMS)
	if r.RingMS == cdr.RingUnknown {
		ring = "unknown"
	}
	service := map[cdr.Service]string{cdr.Voice: "voice", cdr.SMS: "sms"}[r.Service]
	out := map[string]string{
		"direction": r.Direction.String(), "service": service, "start": fmt.Sprint(int64(r.Start)), "offset": fmt.Sprint(r.Offset),
		"ring": ring, "talk": fmt.Sprint(r.TalkMS), "outcome": fmt.Sprint(r.Outcome), "cause": fmt.Sprint(r.Cause),
		"partial": fmt.Sprint(r.Partial), "forwarded": fmt.Sprint(r.Forwarded), "rat": fmt.Sprint(r.RAT),
		"calling": string(r.Text(decode.CallingNumber)), "called": string(r.Text(decode.CalledNumber)),
		"imsi": string(r.Text(decode.IMSI)), "imei": string(r.Text(decode.IMEI)), "cell": string(r.Text(decode.CellID)),
		"plmn": string(r.Text(decode.VisitedPLMN)), "trunkin": string(r.Text(decode.TrunkIn)), "trunkout": string(r.Text(decode.TrunkOut)),
	}
	return (&slowly{out: out}).String()
}
