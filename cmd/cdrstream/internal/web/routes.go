package web

import (
	"net/http"
)

func newRoutes(o *Options) (http.Handler, error) {
	return http.NewServeMux(), nil
}
