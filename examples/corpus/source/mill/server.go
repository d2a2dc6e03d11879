// Package mill serves the heights of a day as JSON.
package mill

import (
	"encoding/json"
	"net/http"
)

// Height of the water at one hour, in centimetres.
type Height struct {
	Hour        int `json:"hour"`
	Centimetres int `json:"centimetres"`
}

// Handler answers every request with the same table.
func Handler(table []Height) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(table); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}
