package traffic

// curve is a distribution by its quantiles: body at 0/32, 1/32 ... 31/32, tail
// at 496/512 ... 512/512, straight lines between them. The ones below are
// log-normal distributions, cut at a plausible longest value.
type curve struct {
	body [32]uint32
	tail [17]uint32
}

// at returns the value at the quantile u / 2^64.
func (c *curve) at(u uint64) uint64 {
	i := u >> 59
	if i < 31 {
		return between(c.body[i], c.body[i+1], u<<5>>32)
	}
	j := u << 5 >> 60
	return between(c.tail[j], c.tail[j+1], u<<9>>32)
}

func between(lo, hi uint32, part uint64) uint64 {
	return uint64(lo) + uint64(hi-lo)*part>>32
}

// talkTenths is conversation time in tenths of a second: median 52 s, sigma 1.25.
var talkTenths = curve{
	body: [32]uint32{10, 51, 76, 100, 123, 147, 172, 197, 224, 252, 282, 315, 349, 387, 427, 471, 520, 574, 633, 699, 774, 860, 958, 1072, 1208, 1372, 1576, 1838, 2190, 2701, 3539, 5336},
	tail: [17]uint32{5336, 5530, 5742, 5976, 6236, 6528, 6858, 7237, 7678, 8201, 8836, 9632, 10676, 12142, 14457, 19166, 72000},
}

// ringTenths is the time from seizure to answer: median 8.5 s, sigma 0.45.
var ringTenths = curve{
	body: [32]uint32{15, 37, 43, 47, 51, 54, 57, 60, 63, 65, 68, 71, 74, 76, 79, 82, 85, 88, 91, 95, 98, 102, 106, 110, 115, 121, 127, 134, 143, 154, 170, 197},
	tail: [17]uint32{197, 199, 202, 205, 208, 211, 215, 219, 224, 229, 236, 243, 252, 264, 281, 311, 450},
}

// abandonTenths is how long a caller waits before giving up: median 12 s, sigma 0.7.
var abandonTenths = curve{
	body: [32]uint32{20, 33, 41, 48, 54, 59, 64, 70, 75, 80, 85, 91, 96, 102, 107, 114, 120, 127, 134, 142, 150, 159, 169, 180, 192, 207, 223, 243, 268, 302, 351, 442},
	tail: [17]uint32{442, 451, 461, 471, 482, 495, 509, 524, 542, 562, 586, 594, 596, 597, 598, 599, 600},
}

// sessionTenths is the length of a data session: median 240 s, sigma 1.3.
var sessionTenths = curve{
	body: [32]uint32{20, 213, 327, 433, 538, 646, 757, 875, 999, 1130, 1271, 1423, 1586, 1763, 1956, 2167, 2400, 2658, 2945, 3267, 3632, 4049, 4531, 5095, 5768, 6585, 7605, 8921, 10707, 13315, 17634, 27032},
	tail: [17]uint32{27032, 28052, 29172, 30411, 31789, 33338, 35095, 37114, 39469, 42267, 45676, 49962, 55606, 63569, 76215, 102186, 216000},
}

// sessionKB is the downlink volume of a data session in kilobytes: median 900, sigma 2.1.
var sessionKB = curve{
	body: [32]uint32{1, 18, 36, 57, 80, 108, 140, 176, 218, 267, 322, 387, 461, 547, 647, 763, 900, 1061, 1252, 1481, 1757, 2095, 2512, 3037, 3710, 4596, 5799, 7505, 10078, 14332, 22563, 44987},
	tail: [17]uint32{44987, 47762, 50880, 54414, 58454, 63122, 68583, 75069, 82912, 92615, 104974, 121344, 144245, 179055, 240034, 385474, 2000000},
}
