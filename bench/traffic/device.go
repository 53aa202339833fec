package traffic

// How long a device and a SIM card are kept; a subscriber changes them on its
// own day, and keeps the number.
const (
	deviceDays = 600
	simDays    = 1500
)

// models are type allocation codes: 8 digits, one per make and model.
var models = [...]uint64{
	35391110, 35332811, 35674108, 35875309, 35299209, 35161508, 35405010, 35256711,
	35447611, 35880810, 35989907, 35720609, 35209010, 86012304, 86476503, 86735105,
	86890203, 86233604, 86055905, 86641004, 35145120, 35824005, 35630011, 35768912,
}

// imei is the device of subscriber i on a local day: model, serial number and
// the check digit of Luhn's rule.
func (p *population) imei(i uint32, day int64) uint64 {
	u := mix(p.salt ^ uint64(i)<<12)
	v := mix(u ^ (uint64(day)+u%deviceDays)/deviceDays)
	return luhn(models[v%uint64(len(models))]*1_000_000 + v>>8%1_000_000)
}

// luhn appends the check digit to 14 digits.
func luhn(digits uint64) uint64 {
	sum := uint64(0)
	for d, double := digits, true; d > 0; d, double = d/10, !double {
		x := d % 10
		if double {
			x *= 2
		}
		sum += x/10 + x%10
	}
	return digits*10 + (10-sum%10)%10
}

// imsi is the SIM card of subscriber i on a local day: 15 digits that begin
// with the home network.
func (p *population) imsi(i uint32, day int64) uint64 {
	u := mix(p.salt ^ uint64(i)<<16)
	return p.card(i, (uint64(day)+u%simDays)/simDays%100)
}

// card is SIM card n of subscriber i, of 100.
func (p *population) card(i uint32, n uint64) uint64 {
	size := uint64(10_000_000_000)
	if p.plan.plmn > 99_999 {
		size /= 10
	}
	serial := (uint64(i) + n*uint64(len(p.subs))) * poolStep % size
	return uint64(p.plan.plmn)*size + serial
}

// Radio technologies of calls and of data, by the device's generation
// (thousandths, in the order of the RAT constants without RATNone).
var (
	callRAT = [4][]uint16{{1000}, {300, 700}, {30, 90, 830, 0, 50}, {10, 30, 680, 190, 90}}
	dataRAT = [4][]uint16{{1000}, {120, 880}, {5, 75, 920}, {0, 15, 425, 560}}
)

// radio draws the radio technology of a subscriber's record.
func (s *subscriber) radio(r *random, service Service) RAT {
	if s.traits.has(fixedLine) {
		return RATNone
	}
	if service == Data {
		return RAT2G + RAT(r.choose(dataRAT[s.traits.device()]))
	}
	return RAT2G + RAT(r.choose(callRAT[s.traits.device()]))
}
