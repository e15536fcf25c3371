package io.lamella.gateway.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.lamella.gateway.wire.info.InfoProto;
import io.lamella.gateway.wire.info.InfoRequest;
import io.lamella.gateway.wire.info.InfoResponse;
import io.lamella.gateway.wire.thanos.LabelNamesRequest;
import io.lamella.gateway.wire.thanos.LabelNamesResponse;
import io.lamella.gateway.wire.thanos.LabelValuesRequest;
import io.lamella.gateway.wire.thanos.LabelValuesResponse;
import io.lamella.gateway.wire.thanos.QueryProto;
import io.lamella.gateway.wire.thanos.QueryRangeRequest;
import io.lamella.gateway.wire.thanos.QueryRangeResponse;
import io.lamella.gateway.wire.thanos.QueryRequest;
import io.lamella.gateway.wire.thanos.QueryResponse;
import io.lamella.gateway.wire.thanos.RpcProto;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import io.lamella.gateway.wire.thanos.SeriesResponse;
import java.util.Objects;
import java.util.function.BiConsumer;

/// The methods of the services and what carries them out.
public final class Services {
  private static final String INFO = "thanos.info.Info";
  private static final String STORE = "thanos.Store";
  private static final String QUERY = "thanos.Query";

  public static final MethodDescriptor<InfoRequest, InfoResponse> INFO_INFO =
      method(
          MethodDescriptor.MethodType.UNARY,
          name(INFO, "Info"),
          InfoRequest.getDefaultInstance(),
          InfoResponse.getDefaultInstance());

  public static final MethodDescriptor<SeriesRequest, SeriesResponse> STORE_SERIES =
      method(
          MethodDescriptor.MethodType.SERVER_STREAMING,
          name(STORE, "Series"),
          SeriesRequest.getDefaultInstance(),
          SeriesResponse.getDefaultInstance());

  public static final MethodDescriptor<LabelNamesRequest, LabelNamesResponse> STORE_LABEL_NAMES =
      method(
          MethodDescriptor.MethodType.UNARY,
          name(STORE, "LabelNames"),
          LabelNamesRequest.getDefaultInstance(),
          LabelNamesResponse.getDefaultInstance());

  public static final MethodDescriptor<LabelValuesRequest, LabelValuesResponse> STORE_LABEL_VALUES =
      method(
          MethodDescriptor.MethodType.UNARY,
          name(STORE, "LabelValues"),
          LabelValuesRequest.getDefaultInstance(),
          LabelValuesResponse.getDefaultInstance());

  public static final MethodDescriptor<QueryRequest, QueryResponse> QUERY_QUERY =
      method(
          MethodDescriptor.MethodType.SERVER_STREAMING,
          name(QUERY, "Query"),
          QueryRequest.getDefaultInstance(),
          QueryResponse.getDefaultInstance());

  public static final MethodDescriptor<QueryRangeRequest, QueryRangeResponse> QUERY_RANGE =
      method(
          MethodDescriptor.MethodType.SERVER_STREAMING,
          name(QUERY, "QueryRange"),
          QueryRangeRequest.getDefaultInstance(),
          QueryRangeResponse.getDefaultInstance());

  private Services() {}

  private static String name(String service, String method) {
    return MethodDescriptor.generateFullMethodName(service, method);
  }

  private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(
      MethodDescriptor.MethodType type, String name, Q request, R response) {
    return MethodDescriptor.<Q, R>newBuilder()
        .setType(type)
        .setFullMethodName(name)
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(response))
        .build();
  }

  /// Where reflection finds the messages of a service.
  private record Schema(FileDescriptor file, String service)
      implements ProtoServiceDescriptorSupplier {
    @Override
    public FileDescriptor getFileDescriptor() {
      return file;
    }

    @Override
    public ServiceDescriptor getServiceDescriptor() {
      return Objects.requireNonNull(
          file.findServiceByName(service.substring(service.lastIndexOf('.') + 1)));
    }
  }

  /// A method and what carries it out.
  private record Bound<Q extends Message, R>(
      MethodDescriptor<Received<Q>, R> method, ServerCallHandler<Received<Q>, R> handler) {
    static <Q extends Message, R> Bound<Q, R> of(
        MethodDescriptor<Q, R> method, Q anyRequest, BiConsumer<Q, StreamObserver<R>> call) {
      return new Bound<>(
          Received.method(method, anyRequest),
          method.getType() == MethodDescriptor.MethodType.UNARY
              ? ServerCalls.asyncUnaryCall((request, to) -> request.handle(to, call))
              : ServerCalls.asyncServerStreamingCall((request, to) -> request.handle(to, call)));
    }

    void addTo(ServerServiceDefinition.Builder service) {
      service.addMethod(method, handler);
    }
  }

  private static ServerServiceDefinition define(
      String name, FileDescriptor file, Bound<?, ?>... methods) {
    io.grpc.ServiceDescriptor.Builder service =
        io.grpc.ServiceDescriptor.newBuilder(name).setSchemaDescriptor(new Schema(file, name));
    for (Bound<?, ?> m : methods) {
      service.addMethod(m.method());
    }
    ServerServiceDefinition.Builder out = ServerServiceDefinition.builder(service.build());
    for (Bound<?, ?> m : methods) {
      m.addTo(out);
    }
    return out.build();
  }

  static ServerServiceDefinition info(InfoCalls calls) {
    return define(
        INFO,
        InfoProto.getDescriptor(),
        Bound.of(INFO_INFO, InfoRequest.getDefaultInstance(), calls::info));
  }

  static ServerServiceDefinition store(StoreCalls calls) {
    return define(
        STORE,
        RpcProto.getDescriptor(),
        Bound.of(STORE_SERIES, SeriesRequest.getDefaultInstance(), calls::series),
        Bound.of(STORE_LABEL_NAMES, LabelNamesRequest.getDefaultInstance(), calls::labelNames),
        Bound.of(STORE_LABEL_VALUES, LabelValuesRequest.getDefaultInstance(), calls::labelValues));
  }

  static ServerServiceDefinition query(QueryCalls calls) {
    return define(
        QUERY,
        QueryProto.getDescriptor(),
        Bound.of(QUERY_QUERY, QueryRequest.getDefaultInstance(), calls::query),
        Bound.of(QUERY_RANGE, QueryRangeRequest.getDefaultInstance(), calls::queryRange));
  }
}
