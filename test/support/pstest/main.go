// Command pstest runs Pub/Sub's official in-memory server on 127.0.0.1 with the real one's limit for a publish request, prints its
// address and runs until it is killed.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"

	pb "cloud.google.com/go/pubsub/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/pstest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Bytes of a publish request. Source: https://cloud.google.com/pubsub/quotas, resource limits.
const publishBytes = 10_000_000

func limited(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if publish, ok := request.(*pb.PublishRequest); ok && proto.Size(publish) > publishBytes {
		return nil, status.Errorf(codes.InvalidArgument, "the request has %d bytes, the limit is %d", proto.Size(publish), publishBytes)
	}
	return handler(ctx, request)
}

func main() {
	port := flag.Int("port", 0, "port to listen on; 0 takes a free one")
	flag.Parse()
	// Its own gRPC server takes 4 MB at the most, so another one serves what it has.
	fake := pstest.NewServer()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(2*publishBytes), grpc.UnaryInterceptor(limited))
	pb.RegisterPublisherServer(server, &fake.GServer)
	pb.RegisterSubscriberServer(server, &fake.GServer)
	fmt.Println("listening", listener.Addr())
	log.Fatal(server.Serve(listener))
}
