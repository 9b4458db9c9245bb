// Asks Coinbase for a price again and again, less often while there is no answer. The standard library is all it needs:
//
//	go build -o build/poller examples/poller.go
//	downtick run rest/http-503 -- build/poller {rest_url}
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

const (
	every   = 100 * time.Millisecond
	longest = 5 * time.Second
	timeout = 2 * time.Second
)

type book struct {
	Pricebook struct {
		Bids []struct {
			Price string `json:"price"`
		} `json:"bids"`
	} `json:"pricebook"`
}

func ask(client *http.Client, url string) (string, error) {
	answer, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s", answer.Status)
	}
	var told book
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil {
		return "", err
	}
	if len(told.Pricebook.Bids) == 0 {
		return "", fmt.Errorf("an empty book")
	}
	return told.Pricebook.Bids[0].Price, nil
}

func main() {
	client := &http.Client{Timeout: timeout}
	url := os.Args[1] + "/market/product_book?product_id=BTC-USD&limit=1"
	pause := every
	for {
		if price, err := ask(client, url); err != nil {
			fmt.Println("no price:", err)
			pause = min(2*pause, longest)
		} else {
			fmt.Println(price)
			pause = every
		}
		time.Sleep(pause)
	}
}
