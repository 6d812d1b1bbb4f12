// Seals an order for its row, keeps it from any other row, and signs it.
package main

import (
	"errors"
	"fmt"
	"log"

	"example.com/orders/bulla"
)

func main() {
	order := []byte(`{"order": 4711, "amount": 2500.00}`)
	row := []byte(`{"table": "ORDERS", "row": "4711"}`)
	otherRow := []byte(`{"table": "ORDERS", "row": "4712"}`)

	key := newSecret()
	sealer := must(bulla.NewSealer(key, "application/json"))
	defer sealer.Close()
	opener := must(bulla.NewOpener(key))
	defer opener.Close()
	envelope := must(sealer.Seal(order, row))
	fmt.Printf("opened: %s\n", must(opener.Open(envelope, row)))
	if _, err := opener.Open(envelope, otherRow); err != nil {
		fmt.Println(err)
	}

	public, private := newSigningKeys()
	signer := must(bulla.NewSigner(private))
	defer signer.Close()
	verifier := must(bulla.NewVerifier(public))
	defer verifier.Close()
	statement := must(signer.Sign(order, bulla.Detached|bulla.Canonical))
	if err := verifier.VerifyDocument(statement, []byte(`{"amount": 2.5e3, "order": 4711}`)); err != nil {
		log.Fatal(err)
	}
	fmt.Println("verified: signed in whatever layout")
	var refused *bulla.Error
	err := verifier.VerifyDocument(statement, []byte(`{"order": 4711, "amount": 9500.00}`))
	if errors.As(err, &refused) && refused.Kind == bulla.BadSignature {
		fmt.Println(refused.Kind)
	}
}
