package parquet

import "github.com/cdrstream/cdrstream/sinks/internal/columns"

// stagingPath is where files stand until they are published, below the output
// directory, with slashes.
const stagingPath = ".staging/features"

// rowFiles are the files of rows.
func rowFiles() columns.Files {
	return columns.Files{Staging: stagingPath, Final: "features", Suffix: ".parquet"}
}
