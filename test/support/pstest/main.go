// Command pstest runs Pub/Sub's official in-memory server on 127.0.0.1, prints its address and runs until it is killed.
package main

import (
	"flag"
	"fmt"

	"cloud.google.com/go/pubsub/pstest"
)

func main() {
	port := flag.Int("port", 0, "port to listen on; 0 takes a free one")
	flag.Parse()
	server := pstest.NewServerWithPort(*port)
	fmt.Println("listening", server.Addr)
	select {}
}
