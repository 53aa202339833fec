package ts32298

import "slices"

// psKinds are the records of the packet switched domain (clause 5.2.2.2, GPRSRecord).
var psKinds = []kind{
	{20, 18, "sgsnPDP", (*record).sgsnPDP},
	{21, 19, "ggsnPDP", (*record).ggsnPDP},
	{23, 21, "psSMS", (*record).sgsnSMO},
	{24, 22, "psSMS", (*record).sgsnSMT},
	{78, 84, "sGW", (*record).sgw},
	{79, 85, "pGW", (*record).pgw},
	{92, 92, "tDF", (*record).tdf},
	{95, 95, "iPE", (*record).ipe},
	{96, 96, "wlanGateway", (*record).epdg},
	{97, 97, "wlanGateway", (*record).twag},
}

// imsKinds are the records of the IMS (clause 5.2.3.1, IMSRecord) and of its telephony
// (clause 5.2.3.6, MMTelServiceRecord).
var imsKinds = []kind{
	{63, 63, "cSCF", (*record).imsNode},
	{64, 64, "cSCF", (*record).imsNode},
	{65, 65, "cSCF", (*record).imsNode},
	{66, 66, "imsOther", (*record).imsNode}, // MRFC
	{67, 67, "imsOther", (*record).imsNode}, // MGCF
	{68, 68, "imsOther", (*record).imsNode}, // BGCF
	{69, 69, "aS", (*record).applicationServer},
	{70, 70, "eGSN/eCSCF", (*record).seventy},
	{82, 82, "imsOther", (*record).imsNode}, // IBCF
	{83, 83, "mMTel", (*record).mmtel},
	{89, 89, "imsOther", (*record).imsNode}, // TRF
	{90, 90, "imsOther", (*record).imsNode}, // TF
	{91, 91, "imsOther", (*record).imsNode}, // ATCF
}

// chfKinds are the records of the converged charging of 5G (clause 5.2.5.2, CHFRecord).
var chfKinds = []kind{
	{200, 200, "chf", (*record).chf},
}

// otherKinds are records that tell of no usage of a subscriber, or of usage that other
// records tell of, or that is not counted here: by their tags, which are those of their
// types, too.
var otherKinds = slices.Concat(
	[]kind{{22, 20, "other", (*record).other}, {25, 26, "other", (*record).other}, {26, 27, "other", (*record).other}, {27, 28, "other", (*record).other}}, // mobility and location in the SGSN
	others("mMS", 30, 62),
	others("other", 71, 77),   // location services, broadcast bearers
	others("other", 80, 81),   // push to talk
	others("other", 86, 86),   // broadcast gateways
	others("other", 93, 94),   // SMS centres
	others("other", 101, 106), // proximity services, monitoring events, data of the control plane
	others("other", 110, 113), // SMS centres
	others("other", 120, 120), // exposure functions
)

// others are the kinds with tags from first to last.
func others(name string, first, last uint32) (kinds []kind) {
	for t := first; t <= last; t++ {
		kinds = append(kinds, kind{t, uint64(t), name, (*record).other})
	}
	return kinds
}

// other passes over a record.
func (r *record) other([]byte) string {
	r.skip = true
	return ""
}
