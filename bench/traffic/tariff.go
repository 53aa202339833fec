package traffic

// Prices in millionths of the currency. A bundle has all national calls,
// messages and data in it.
const (
	nationalRate  = 2_000 // a second
	roamingRate   = 4_000 // a second, on top
	premiumRate   = 25_000
	premiumSetup  = 500_000
	smsPrice      = 60_000
	mmsPrice      = 250_000
	farSMSPrice   = 150_000
	dataPrice     = 5 // a kilobyte
	roamDataPrice = 40
)

// tariff is what a caller pays for a call; where is the country it roams in.
func (s *subscriber) tariff(c class, to, where *foreign, talkMS int64) int64 {
	if talkMS <= 0 {
		return 0
	}
	seconds := (talkMS + 999) / 1000
	price := int64(0)
	switch {
	case c == premium:
		price = premiumSetup + seconds*premiumRate
	case c == international:
		price = seconds * to.rate
	case c == service || c == tollFree:
		return 0
	case s.traits.has(payAsYouGo):
		price = seconds * nationalRate
	}
	if where != nil {
		price += seconds * roamingRate
	}
	return price
}

func (s *subscriber) messageTariff(kind Service, c class, where *foreign) int64 {
	switch {
	case c == international || where != nil:
		return farSMSPrice
	case kind == MMS:
		return mmsPrice
	case s.traits.has(payAsYouGo):
		return smsPrice
	}
	return 0
}

func (s *subscriber) dataTariff(bytes int64, where *foreign) int64 {
	kilobytes := (bytes + 1023) >> 10
	switch {
	case where != nil:
		return kilobytes * roamDataPrice / 1000 * 1000
	case s.traits.has(payAsYouGo):
		return kilobytes * dataPrice / 1000 * 1000
	}
	return 0
}
