package main

import (
	"context"
	"database/sql"
	"fmt"

	_ "github.com/duckdb/duckdb-go/v2" // the driver
)

// openDuckDB opens a database in memory with one connection.
func openDuckDB(memory, spill string) (*sql.DB, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	for _, s := range []string{"PRAGMA threads = 2", "SET preserve_insertion_order = false", "SET memory_limit = " + quote(memory), "SET temp_directory = " + quote(spill)} {
		if _, err := db.Exec(s); err != nil {
			return nil, fmt.Errorf("%s: %w", s, err)
		}
	}
	return db, nil
}

// execute runs a script.
func execute(ctx context.Context, db *sql.DB, script []string) error {
	for _, s := range script {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%w\nin %s", err, s)
		}
	}
	return nil
}
