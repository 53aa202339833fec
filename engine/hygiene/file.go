package hygiene

// Status is what became of a file.
type Status string

// What becomes of files.
const (
	Read        Status = "read"        // to its end
	Continued   Status = "continued"   // it had been read before, and had grown: the account is of the rest
	Empty       Status = "empty"       // there was nothing in it
	Duplicate   Status = "duplicate"   // it holds what another one holds, and was not read
	Quarantined Status = "quarantined" // it could not be read, or not to its end
)

// File is a file for the register.
type File struct {
	Account
	Status   Status
	Warnings []Warning
	Settled  bool // Accepted and Duplicate of the ledger are known

	Size        int64  // bytes as stored, -1: unknown
	Hash        string // of them, 16 hexadecimal digits; empty: unknown
	DuplicateOf string // of a duplicate
	Evidence    string // of the bookmark at its end, by which its source tells size and hash
}

// Switch is who numbers the file.
func (f *File) Switch() string { return Switch(&f.Account) }
