package io.lamella.gateway.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
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

  private static io.grpc.ServiceDescriptor service(
      String name, FileDescriptor file, MethodDescriptor<?, ?>... methods) {
    io.grpc.ServiceDescriptor.Builder out =
        io.grpc.ServiceDescriptor.newBuilder(name).setSchemaDescriptor(new Schema(file, name));
    for (MethodDescriptor<?, ?> m : methods) {
      out.addMethod(m);
    }
    return out.build();
  }

  static ServerServiceDefinition info(InfoCalls calls) {
    return ServerServiceDefinition.builder(service(INFO, InfoProto.getDescriptor(), INFO_INFO))
        .addMethod(INFO_INFO, ServerCalls.asyncUnaryCall(calls::info))
        .build();
  }

  static ServerServiceDefinition store(StoreCalls calls) {
    return ServerServiceDefinition.builder(
            service(
                STORE,
                RpcProto.getDescriptor(),
                STORE_SERIES,
                STORE_LABEL_NAMES,
                STORE_LABEL_VALUES))
        .addMethod(STORE_SERIES, ServerCalls.asyncServerStreamingCall(calls::series))
        .addMethod(STORE_LABEL_NAMES, ServerCalls.asyncUnaryCall(calls::labelNames))
        .addMethod(STORE_LABEL_VALUES, ServerCalls.asyncUnaryCall(calls::labelValues))
        .build();
  }

  static ServerServiceDefinition query(QueryCalls calls) {
    return ServerServiceDefinition.builder(
            service(QUERY, QueryProto.getDescriptor(), QUERY_QUERY, QUERY_RANGE))
        .addMethod(QUERY_QUERY, ServerCalls.asyncServerStreamingCall(calls::query))
        .addMethod(QUERY_RANGE, ServerCalls.asyncServerStreamingCall(calls::queryRange))
        .build();
  }
}
