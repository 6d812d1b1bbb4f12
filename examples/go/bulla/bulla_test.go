package bulla

import (
	"strings"
	"testing"
)

func TestAContentTypeIsNotCutAtANul(t *testing.T) {
	key := []byte(`{"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}`)
	sealer, err := NewSealer(key, "text/plain\x00evil")
	if err == nil || !strings.Contains(err.Error(), "NUL") {
		t.Errorf("%v, %v: should be refused for its NUL", sealer, err)
	}
	sealer, err = NewSealer(key, "text/plain")
	if err != nil {
		t.Fatal(err)
	}
	sealer.Close()
}
