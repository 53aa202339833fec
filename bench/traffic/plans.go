package traffic

// plans is read only.
var plans = []plan{
	{
		country: "FR", code: "33", plmn: 20801,
		mobile:   numbering{size: 9, home: "607 608 630 631 632 633 642 643 645 654 670 671 672 673", other: "609 610 611 612 613 614 615 616 617 618 619 620 650 658 659 660 661 662 663 664 665 666 667 668 695 698 699"},
		fixed:    numbering{size: 9, areas: "1 2 3 4 5", home: "42 43 44 45 46", other: "30 31 32 34 35 37 38 39"},
		tollFree: series{"800", 6}, premium: series{"899", 6},
		voicemail: 888, care: 3900, info: 118218, news: 38063,
	},
	{
		country: "US", code: "1", plmn: 310410,
		mobile:   numbering{size: 10, areas: northAmerican, home: "22 23 24 25 26 27 28 29 32 33 34 35 36 37 38 39 42 43 44 45 46 47 48 49", other: "62 63 64 65 66 67 68 69 72 73 74 75 76 77 78 79 82 83 84 85 86 87 88 89"},
		fixed:    numbering{size: 10, areas: northAmerican, home: "52 53 54 56 57 58 59", other: "92 93 94 96 97 98 99"},
		tollFree: series{"80022", 5}, premium: series{"90022", 5},
		voicemail: 86, care: 611, info: 411, news: 40404,
	},
	{
		country: "GB", code: "44", plmn: 23430,
		mobile:   numbering{size: 10, home: "740 741 742 743 746 747", other: "771 772 773 774 775 776 784 785 786 787 788 790 794 795 796 798"},
		fixed:    numbering{size: 10, areas: "20 121 131 141 151 161 191", home: "72 73 74", other: "32 33 34"},
		tollFree: series{"800", 7}, premium: series{"909", 7},
		voicemail: 222, care: 150, info: 118118, news: 60777,
	},
	{
		country: "DE", code: "49", plmn: 26201,
		mobile:   numbering{size: 11, home: "1511 1512 1514 1515 1516 1517", other: "1520 1522 1523 1525 1573 1575 1577 1590"},
		fixed:    numbering{size: 10, areas: "30 40 69 89 201 211 221 351 511 711", home: "46 47 48 49", other: "22 23 24 25 26 27 28 29"},
		tollFree: series{"800", 7}, premium: series{"9001", 6},
		voicemail: 3311, care: 2202, info: 11833, news: 80888,
	},
	{
		country: "IN", code: "91", plmn: 40410,
		mobile:   numbering{size: 10, home: "9810 9811 9812 9813 9815 9816 9818", other: "9820 9821 9822 9823 9824 9825 9826 9827 9830 9831 9840 9841 9845 9848"},
		fixed:    numbering{size: 10, areas: "11 20 22 33 40 44 79 80", home: "40 41 42 43", other: "22 23 24 25 26 27"},
		tollFree: series{"1800", 6}, premium: series{"1861", 9},
		voicemail: 171, care: 121, info: 198, news: 56161,
	},
}

const northAmerican = "202 203 206 212 213 214 215 303 305 312 313 404 408 415 503 512 602 612 617 619 702 713 718 919"

// foreign is a country that is called and travelled to.
type foreign struct {
	country string
	prefix  string // of mobile numbers, with the calling code
	free    int    // digits after it
	plmn    PLMN   // a network to roam in
	rate    int64  // of a call to it, millionths of the currency a second
}

// abroad is read only, the near and popular ones first.
var abroad = []foreign{
	{"ES", "3461", 7, 21407, 3200},
	{"IT", "39347", 7, 22210, 3200},
	{"MA", "21266", 7, 60400, 9000},
	{"DZ", "213550", 6, 60301, 10500},
	{"GB", "44771", 7, 23410, 3200},
	{"PT", "35191", 7, 26806, 3200},
	{"DE", "49152", 8, 26202, 3200},
	{"BE", "32475", 6, 20601, 3200},
	{"CH", "4179", 7, 22801, 5000},
	{"TN", "21698", 6, 60502, 11000},
	{"TR", "90532", 7, 28601, 8000},
	{"FR", "33612", 6, 20810, 3200},
	{"PL", "48601", 6, 26003, 3200},
	{"RO", "40721", 6, 22610, 3200},
	{"US", "164622", 5, 310260, 2500},
	{"SN", "22177", 7, 60801, 12500},
	{"IN", "9198", 8, 40445, 4000},
	{"PK", "92300", 7, 41001, 7000},
	{"BD", "88017", 8, 47001, 6000},
	{"PH", "63917", 7, 51502, 8500},
	{"NG", "234803", 7, 62130, 9500},
	{"MX", "5255", 8, 334020, 4500},
	{"CN", "86138", 8, 46000, 4000},
	{"BR", "55119", 8, 72405, 6500},
	{"CA", "141622", 5, 302720, 2500},
}
