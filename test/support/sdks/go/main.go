// Sends track events by the Go SDK: send host key many.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"

	"github.com/segmentio/analytics-go/v3"
)

type failures struct{}

func (failures) Success(analytics.Message) {}

func (failures) Failure(_ analytics.Message, err error) { log.Fatal(err) }

func main() {
	many, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	client, err := analytics.NewWithConfig(os.Args[2], analytics.Config{Endpoint: os.Args[1], Callback: failures{}})
	if err != nil {
		log.Fatal(err)
	}
	for n := 0; n < many; n++ {
		properties := analytics.NewProperties().Set("n", n)
		event := analytics.Track{UserId: fmt.Sprintf("person-%d", n%10), Event: "Order Completed", Properties: properties}
		if err := client.Enqueue(event); err != nil {
			log.Fatal(err)
		}
	}
	if err := client.Close(); err != nil {
		log.Fatal(err)
	}
}
