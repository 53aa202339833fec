package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// bytes sets the volume of a session. The list of volumes and the list of services tell
// of the same octets: the first counts where it tells any. The reports of a secondary
// radio, 5G beside 4G, are a part of them: a record that carried more than half of its
// octets over 5G counts as 5G, for it can have one technology alone.
func (r *record) bytes(volumes, services, second []byte) (problem string) {
	var all, nr volume
	if problem = all.addList("listOfTrafficVolumes", volumes, 3, 4); problem != "" {
		return problem
	}
	if !all.told {
		if problem = all.addList("listOfServiceData", services, 12, 13); problem != "" {
			return problem
		}
	}
	r.row.Up, r.row.Down = all.up, all.down
	if second == nil {
		return ""
	}
	if problem = r.newRadio(&nr, second); problem != "" {
		return problem
	}
	if 2*(nr.up+nr.down) > all.up+all.down {
		r.row.RAT = cdr.RAT5G
	}
	return ""
}

// newRadio adds up the reports of the secondary radio that are of 5G: SecondaryRATType
// is 0 or missing.
func (r *record) newRadio(v *volume, reports []byte) (problem string) {
	const name = "listOfRANSecondaryRATUsageReports"
	w := ber.Walk(reports)
	for w.Next() {
		if n, ok := ber.Uint(ber.Find(w.Content, ber.Context(5))); ok && n != 0 {
			r.note(decode.UnknownValue)
		} else if problem = v.add(name, w.Content, 1, 2); problem != "" {
			return problem
		}
	}
	return walked(name, &w)
}

// volume is octets in both directions.
type volume struct {
	up, down uint64
	told     bool // a container told some, be it none
}

// addList adds the containers of a list, with the numbers of the tags of their volumes.
func (v *volume) addList(name string, list []byte, up, down uint32) (problem string) {
	w := ber.Walk(list)
	for w.Next() {
		if problem = v.add(name, w.Content, up, down); problem != "" {
			return problem
		}
	}
	return walked(name, &w)
}

// add adds a container.
func (v *volume) add(name string, container []byte, up, down uint32) (problem string) {
	w := ber.Walk(container)
	for w.Next() {
		sum := &v.up
		switch w.Tag {
		case ber.Context(up):
		case ber.Context(down):
			sum = &v.down
		default:
			continue
		}
		n, problem := number(name, w.Content, decode.MaxBytes)
		if problem != "" {
			return problem
		}
		v.told = true
		if *sum += n; *sum > decode.MaxBytes {
			return name + ": its volumes add up to more than a pebibyte"
		}
	}
	return walked(name, &w)
}

// walked is why the walk over a member ended before its end, "" when it did not.
func walked(name string, w *ber.Walker) string {
	if w.Problem != ber.None {
		return name + ": " + string(w.Problem)
	}
	return ""
}
