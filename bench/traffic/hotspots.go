package traffic

// hotspots is read only: ranges that are sold as international premium numbers
// or misused as such, the popular ones first, with what a caller pays, in
// millionths of the currency a second. Countries after the cases in the press
// (Gambia, Somalia, Maldives, Cuba, Sierra Leone ...), the CFCA fraud loss
// surveys and Sahin and Francillon, "Understanding and Detecting International
// Revenue Share Fraud", NDSS 2021, which found test numbers in most of the
// world; satellite and "global" codes are a part of them. Rates are those of
// European tariffs: 0.6 to 2 a minute on land, 5 to 9 by satellite.
var hotspots = []foreign{
	{"CU", "535", 7, 36801, 18_000},
	{"LV", "37126", 6, 24701, 12_000},
	{"SO", "25261", 7, 63704, 22_000},
	{"SL", "23276", 6, 61901, 20_000},
	{"GM", "2207", 6, 60702, 20_000},
	{"MV", "96077", 5, 47201, 25_000},
	{"881", "8816", 8, 90103, 110_000},
	{"GN", "22462", 7, 61101, 18_000},
	{"LT", "37061", 6, 24601, 12_000},
	{"ZW", "26377", 7, 64804, 15_000},
	{"TN", "21620", 6, 60503, 14_000},
	{"PG", "6757", 7, 53703, 30_000},
	{"882", "88216", 8, 90105, 120_000},
	{"AZ", "99450", 7, 40001, 12_000},
	{"EE", "37256", 6, 24801, 12_000},
	{"MG", "26134", 7, 64604, 24_000},
	{"BI", "25779", 6, 64201, 22_000},
	{"TL", "67077", 6, 51402, 32_000},
	{"979", "9791", 8, 90119, 60_000},
	{"MR", "22236", 6, 60901, 18_000},
	{"883", "8835100", 5, 90146, 80_000},
	{"SB", "67774", 5, 54001, 30_000},
	{"TD", "23566", 6, 62201, 25_000},
	{"KM", "26932", 5, 65401, 26_000},
}
