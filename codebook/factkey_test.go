package codebook

import (
	"reflect"
	"testing"
)

// A field that the key forgets would let two codes share facts that differ.
func TestFactKeyTellsEveryFieldApart(t *testing.T) {
	for i := range reflect.TypeFor[Facts]().NumField() {
		var f Facts
		v := reflect.ValueOf(&f).Elem().Field(i)
		switch x := v.Addr().Interface().(type) {
		case *bool:
			*x = true
		case *string:
			*x = "x"
		case *MUE:
			x.Units = 1
		case *Date:
			x.Year = 2024
		case *[]Choice:
			*x = []Choice{{"A", "initial encounter"}}
		default:
			t.Fatalf("field %s: this test does not know its type", reflect.TypeFor[Facts]().Field(i).Name)
		}
		rb := NewBuilder().Release(Release{})
		if rb.factIndex(f) == rb.factIndex(Facts{}) {
			t.Errorf("facts that differ in %s share a place", reflect.TypeFor[Facts]().Field(i).Name)
		}
	}
}
