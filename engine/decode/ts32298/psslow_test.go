package ts32298

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// The reference for the packet switched domain: what a record says, by the names and
// numbers that the standard gives its members.

// psNumbers are the numbers of the members, by the tags of the records: IMSI, IMEI,
// MSISDN, opening, duration, cause, sequence, PLMN, RAT, location, last location,
// volumes, services, reports of the secondary radio, start, stop, LAC, cell.
var psNumbers = map[int]map[string]int{
	79: {"imsi": 3, "imei": 29, "msisdn": 22, "opening": 13, "duration": 14, "cause": 15, "sequence": 17, "plmn": 27, "rat": 30, "location": 32, "last": 57, "volumes": 12, "services": 34, "second": 73, "start": 38, "stop": 39},
	78: {"imsi": 3, "imei": 29, "msisdn": 22, "opening": 13, "duration": 14, "cause": 15, "sequence": 17, "plmn": 27, "rat": 30, "location": 32, "last": 55, "volumes": 12, "second": 64, "start": 38, "stop": 39},
	20: {"imsi": 3, "imei": 4, "msisdn": 27, "opening": 16, "duration": 17, "cause": 19, "sequence": 21, "plmn": 38, "rat": 29, "volumes": 15, "lac": 8, "cell": 9},
	96: {"imsi": 3, "imei": 29, "msisdn": 22, "opening": 13, "duration": 14, "cause": 15, "sequence": 17, "rat": 30, "volumes": 12, "start": 38, "stop": 39},
}

var psTypes = map[int]string{79: "55", 78: "54", 20: "12", 96: "60"}

func slowPS(top *slowNode) facts {
	tag, _ := strconv.Atoi(strings.TrimPrefix(top.tag, "2."))
	get := func(name string) *slowNode {
		if n, ok := psNumbers[tag][name]; ok {
			return top.at(n)
		}
		return nil
	}
	f := facts{"service": "data", "direction": "none"}
	if tag == 79 {
		f["direction"] = "originating"
	}
	opening := get("opening")
	if opening == nil {
		opening = get("start")
	}
	begin, offset := slowTime(opening)
	f["start"], f["offset"] = begin.UTC().Format("2006-01-02T15:04:05.000Z"), fmt.Sprint(offset)
	if d := get("duration"); d != nil {
		f["talk"] = fmt.Sprint(1000 * slowNumber(d, 4_294_967))
	} else if stop := get("stop"); stop != nil {
		end, _ := slowTime(stop)
		if begin.Sub(end) > time.Second || end.Sub(begin) > 4_294_967*time.Second {
			panic("stop")
		}
		f["talk"] = fmt.Sprint(max(0, end.Sub(begin).Milliseconds()))
	}
	if n := get("sequence"); n != nil {
		f["partial"] = fmt.Sprint(slowNumber(n, 1<<32-1))
	}
	if n := get("cause"); n != nil && slowNumber(n, 1<<32-1) == 4 {
		f["cause"] = "41"
	}
	f["rat"] = slowRAT(get("rat"))
	up, down, told := slowVolumes(get("volumes"), "2.3", "2.4")
	if !told {
		up, down, _ = slowVolumes(get("services"), "2.12", "2.13")
	}
	f["up"], f["down"] = fmt.Sprint(up), fmt.Sprint(down)
	if second := get("second"); second != nil {
		up5, down5 := int64(0), int64(0)
		for _, n := range second.list {
			if kind := n.at(5); kind == nil || slowUint(kind.value) == 0 {
				u, d, _ := slowVolumes(&slowNode{list: []*slowNode{n}}, "2.1", "2.2")
				up5, down5 = up5+u, down5+d
			}
		}
		if up5 > 1<<50 || down5 > 1<<50 {
			panic("second")
		}
		if float64(up5+down5) > float64(up+down)/2 {
			f["rat"] = "5g"
		}
	}
	f["imsi"], f["imei"], f["plmn"] = slowTBCD(get("imsi")), slowTBCD(get("imei")), slowPLMN(get("plmn").hex())
	if n := get("msisdn"); n != nil && len(n.value) > 1 {
		digits := slowTBCD(&slowNode{value: n.value[1:]})
		if f["calling"] = digits; n.value[0]>>4&7 == 1 {
			f["international"] = "calling"
			if digits != "" && strings.Contains("123456789", digits[:1]) {
				f["calling"] = "+" + digits
			}
		}
	}
	if f["cell"] = slowLocation(get("location").hex()); f["cell"] == "" {
		f["cell"] = slowLocation(get("last").hex())
	}
	if lac, cell := get("lac").hex(), get("cell").hex(); f["cell"] == "" && len(lac) == 4 && len(cell) == 4 {
		network := f["plmn"]
		if network == "" {
			network = "23415" // of the source
		}
		f["cell"] = fmt.Sprintf("%s-%d-%d", network, slowHex(lac), slowHex(cell))
	}
	return f
}

// slowTime reads a TimeStamp as package time does.
func slowTime(n *slowNode) (t time.Time, offset int) {
	h := n.hex()
	if len(h) != 18 {
		panic("time " + h)
	}
	t, err := time.Parse("20060102150405-0700", "20"+h[:12]+map[string]string{"2b": "+", "2d": "-"}[h[12:14]]+h[14:])
	if err != nil {
		panic(err)
	}
	_, seconds := t.Zone()
	return t, seconds / 60
}

// slowNumber is a number from 0 to most.
func slowNumber(n *slowNode, most int64) int64 {
	v := new(big.Int).SetBytes(n.value)
	if len(n.value) == 0 || n.value[0] >= 0x80 || v.Cmp(big.NewInt(most)) > 0 {
		panic("number " + n.hex())
	}
	return v.Int64()
}

func slowRAT(n *slowNode) string {
	if n == nil {
		return ""
	}
	v := slowUint(n.value)
	for rat, values := range map[string]string{
		"2g": " 2 ", "3g": " 1 5 ", "4g": " 6 8 9 11 12 13 14 53 54 ", "5g": " 10 51 52 58 ", "wifi": " 3 4 65 66 ",
	} {
		if strings.Contains(values, fmt.Sprintf(" %d ", v)) && n.value[0] < 0x80 {
			return rat
		}
	}
	return ""
}

// slowVolumes adds up the members of the containers of a list.
func slowVolumes(list *slowNode, up, down string) (sent, received int64, told bool) {
	if list == nil {
		return 0, 0, false
	}
	for _, container := range list.list {
		for _, n := range container.list {
			switch n.tag {
			case up:
				sent += slowNumber(n, 1<<50)
			case down:
				received += slowNumber(n, 1<<50)
			default:
				continue
			}
			told = true
			if sent > 1<<50 || received > 1<<50 {
				panic("volumes")
			}
		}
	}
	return sent, received, told
}

func slowTBCD(n *slowNode) string {
	h, _, _ := strings.Cut(slowSwap(n.hex()), "f")
	return strings.NewReplacer("a", "*", "b", "#", "c", "a", "d", "b", "e", "c").Replace(h)
}

// slowPLMN is the network of three octets in hex digits.
func slowPLMN(h string) string {
	if len(h) != 6 {
		return ""
	}
	s := slowSwap(h)
	s = strings.TrimSuffix(s[:3]+s[4:]+s[3:4], "f")
	if strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

func slowHex(h string) int64 {
	v, err := strconv.ParseInt(h, 16, 64)
	if err != nil {
		panic(err)
	}
	return v
}

// slowLocation is the cell of a User Location Information in hex digits.
func slowLocation(h string) string {
	cell := func(plmn, area, cell string) string {
		network := slowPLMN(plmn)
		if network == "" {
			return ""
		}
		if area != "" {
			network += fmt.Sprintf("-%d", slowHex(area))
		}
		return network + fmt.Sprintf("-%d", slowHex(cell))
	}
	if len(h) < 2 {
		return ""
	}
	kind, rest := slowHex(h[:2]), h[2:]
	switch {
	case kind == 0 && len(rest) == 14:
		return cell(rest[:6], rest[6:10], rest[10:])
	case kind == 2 && len(rest) == 14 && rest[12:] == "ff", kind == 128 && len(rest) == 10:
		return ""
	case kind == 129 && len(rest) == 14:
		return cell(rest[:6], "", rest[7:])
	case kind == 130 && len(rest) == 24:
		return cell(rest[10:16], rest[6:10], rest[17:])
	}
	part := [8]string{}
	for i, size := range [8]int{14, 14, 14, 10, 14, 10, 12, 12} {
		if kind>>i&1 == 1 {
			if len(rest) < size {
				break
			}
			part[i], rest = rest[:size], rest[size:]
		}
	}
	switch {
	case part[4] != "" && part[3] != "":
		return cell(part[4][:6], part[3][6:], part[4][7:])
	case part[4] != "":
		return cell(part[4][:6], "", part[4][7:])
	case part[0] != "":
		return cell(part[0][:6], part[0][6:10], part[0][10:])
	case part[1] != "":
		return cell(part[1][:6], part[1][6:10], part[1][10:])
	}
	return ""
}
