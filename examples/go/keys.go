package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"log"
)

// A fresh AES-256 key, as a JWK.
func newSecret() []byte {
	key := make([]byte, 32)
	must(rand.Read(key))
	return []byte(`{"kty": "oct", "k": "` + base64.RawURLEncoding.EncodeToString(key) + `"}`)
}

// Fresh Ed25519 keys in PEM, as crypto/x509 writes them.
func newSigningKeys() (public, private []byte) {
	verifying, signing, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	public = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(verifying))})
	private = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(signing))})
	return public, private
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
