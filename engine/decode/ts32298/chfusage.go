package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// units sets the volume of a data session: that of the containers of used units, or,
// where they tell none, that of the containers of quality of service flows between
// operators.
func (r *record) units(c *charged) (problem string) {
	var v volume
	if problem = eachContainer(c.usage, func(b []byte) string {
		return v.addUnits("usedUnitContainers", b, 4, 5, 6)
	}); problem != "" {
		return problem
	}
	if !v.told {
		const name = "multipleQFIcontainer"
		w := ber.Walk(ber.Find(c.roaming, ber.Context(0)))
		for w.Next() {
			if problem = v.addUnits(name, w.Content, 3, 4, 5); problem != "" {
				return problem
			}
		}
		if problem = walked(name, &w); problem != "" {
			return problem
		}
	}
	r.row.Up, r.row.Down = v.up, v.down
	return ""
}

// eachContainer calls f with the containers of used units of a list of
// MultipleUnitUsage, until one is a problem.
func eachContainer(list []byte, f func(container []byte) (problem string)) (problem string) {
	const name = "listOfMultipleUnitUsage"
	usages := ber.Walk(list)
	for usages.Next() {
		containers := ber.Walk(ber.Find(usages.Content, ber.Context(1)))
		for containers.Next() {
			if problem = f(containers.Content); problem != "" {
				return problem
			}
		}
		if problem = walked(name, &containers); problem != "" {
			return problem
		}
	}
	return walked(name, &usages)
}

// addUnits adds a container with the numbers of the tags of its volumes. What the total
// tells beyond both directions belongs to the direction that is not told, or to the
// downlink.
func (v *volume) addUnits(name string, container []byte, total, up, down uint32) (problem string) {
	var sum, sent, received uint64
	var told [3]bool
	w := ber.Walk(container)
	for w.Next() {
		var n *uint64
		switch w.Tag {
		case ber.Context(total):
			n, told[0] = &sum, true
		case ber.Context(up):
			n, told[1] = &sent, true
		case ber.Context(down):
			n, told[2] = &received, true
		default:
			continue
		}
		if *n, problem = number(name, w.Content, decode.MaxBytes); problem != "" {
			return problem
		}
	}
	if problem = walked(name, &w); problem != "" {
		return problem
	}
	switch {
	case sum <= sent+received:
	case told[2] && !told[1]:
		sent = sum - received
	default:
		received = sum - sent
	}
	v.told = v.told || told[0] || told[1] || told[2]
	if v.up, v.down = v.up+sent, v.down+received; v.up > decode.MaxBytes || v.down > decode.MaxBytes {
		return name + ": its volumes add up to more than a pebibyte"
	}
	return ""
}

// secondRadio lets the secondary radio be the record's technology where it carried more
// than half of the octets: NGRANSecondaryRATUsageReports, of NR beside E-UTRA or the other
// way round. They are a part of the volume.
func (r *record) secondRadio(reports []byte) (problem string) {
	const name = "rANSecondaryRATUsageReport"
	w := ber.Walk(reports)
	for w.Next() {
		var v volume
		if problem = v.addList(name, ber.Find(w.Content, ber.Context(1)), 4, 3); problem != "" {
			return problem
		}
		var rat cdr.RAT
		switch string(ber.Find(w.Content, ber.Context(0))) {
		case "NR":
			rat = cdr.RAT5G
		case "EUTRA":
			rat = cdr.RAT4G
		default:
			r.note(decode.UnknownValue)
			continue
		}
		if 2*(v.up+v.down) > r.row.Up+r.row.Down {
			r.row.RAT = rat
		}
	}
	return walked(name, &w)
}
