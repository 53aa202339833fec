package ts32298

// What is read of the records of the packet switched domain.
const (
	psIMSI field = iota + 1
	psIMEI
	psMSISDN
	psAddress // of the node that writes the record
	psChargingID
	psVolumes  // listOfTrafficVolumes
	psServices // listOfServiceData
	psSecond   // listOfRANSecondaryRATUsageReports
	psOpening
	psStart
	psStop
	psDuration
	psCause
	psSequence
	psNode
	psLocalSequence
	psPLMN
	psRAT
	psLocation
	psLastLocation
	psLAC
	psCell
	psEvent // the time of a message
	psResult
	psParty // who else took part in a message
)

// The members of the records of sessions, TS 32.298 clause 5.2.2.2 as of Release 18. The
// last one known stands there even when it is not used.
var (
	pgwMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 27: psPLMN, 29: psIMEI, 30: psRAT, 32: psLocation, 34: psServices,
		38: psStart, 39: psStop, 57: psLastLocation, 73: psSecond, 74: unused,
	}
	sgwMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 27: psPLMN, 29: psIMEI, 30: psRAT, 32: psLocation,
		38: psStart, 39: psStop, 55: psLastLocation, 64: psSecond, 65: unused,
	}
	ggsnMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 27: psPLMN, 29: psIMEI, 30: psRAT, 32: psLocation, 34: psServices,
	}
	sgsnMembers = members{
		3: psIMSI, 4: psIMEI, 5: psAddress, 8: psLAC, 9: psCell, 10: psChargingID, 15: psVolumes, 16: psOpening,
		17: psDuration, 19: psCause, 21: psSequence, 22: psNode, 24: psLocalSequence, 27: psMSISDN, 29: psRAT,
		38: psPLMN, 39: unused,
	}
	// Of traffic detection functions and of IP edges.
	edgeMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 27: psPLMN, 29: psIMEI, 30: psRAT, 32: psLocation, 34: psServices,
		38: psStart, 39: psStop, 59: unused,
	}
	// Of the gateways of wireless LANs, untrusted and trusted ones.
	wlanMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 29: psIMEI, 30: psRAT, 38: psStart, 39: psStop, 55: unused,
	}
)
