package samples

import (
	"fmt"
	"time"
)

// asteriskRecord is a row of Master.csv with a unique id, of a call of one row.
func asteriskRecord(dst []byte, i int) []byte {
	const layout = time.DateTime
	c := callOf(i)
	answer, disposition := "", "NO ANSWER"
	if c.answered {
		answer = `"` + c.start.Add(time.Duration(c.ring)*time.Second).Format(layout) + `"`
		disposition = "ANSWERED"
	}
	return fmt.Appendf(dst, `"","+1703%d","+1804%d","internal","""Bob"" <+1703%d>","SIP/%d-%08x","SIP/trunk-%08x","Dial","SIP/trunk/+1804%d,60","%s",%s,"%s",%d,%d,"%s","DOCUMENTATION","%d.%d",""`+"\n",
		c.calling, c.called, c.calling, c.calling, i, i+1, c.called, c.start.Format(layout), answer, c.end().Format(layout), c.ring+c.talk, c.talk, disposition, c.start.Unix(), i)
}
