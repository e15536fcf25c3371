package io.lamella.cli;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.tenant.TenantLimits;
import io.lamella.gateway.tenant.TenantsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The flags of tenants.
final class TenantFlags {
  /// Names of headers that may be keys of gRPC's metadata as well.
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9_.-]{1,100}");

  @Option(
      names = {"--tenant-header", "--query.tenant-header"},
      paramLabel = "NAME",
      description =
          "Header that names the tenant of a request, such as THANOS-TENANT or X-Scope-OrgID; to be set by a trusted proxy. Requests without a tenant of --tenant.config-file are refused (default: there are no tenants).")
  private String header = "";

  @Option(
      names = "--tenant.config-file",
      paramLabel = "FILE",
      description =
          "YAML file with the tenants: the prefix of each in the store, and its limits. It is read again when it changes.")
  private String file = "";

  /// The tenants that are given, which may change; without a file there are none.
  record OpenTenants(Optional<TenantsFile> file, Optional<Gateway.Tenancy> tenancy)
      implements AutoCloseable {
    /// From now on, changes of the file hold for the gateway.
    void watch(Gateway gateway) {
      file.ifPresent(f -> f.watch(gateway::changeTenants));
    }

    Optional<String> header() {
      return tenancy.map(Gateway.Tenancy::header);
    }

    @Override
    public void close() {
      file.ifPresent(TenantsFile::close);
    }
  }

  /// @param limits of tenants that have none of their own
  /// @throws IOException where the file cannot be read or used
  OpenTenants open(TenantLimits limits, CommandLine line) throws IOException {
    if (header.isEmpty() != file.isEmpty()) {
      throw new CommandLine.ParameterException(
          line, "--tenant-header and --tenant.config-file need each other: give both or none");
    }
    if (file.isEmpty()) {
      return new OpenTenants(Optional.empty(), Optional.empty());
    }
    if (!HEADER.matcher(header).matches()
        || header.toLowerCase(java.util.Locale.ROOT).endsWith("-bin")) {
      throw new CommandLine.ParameterException(
          line, "--tenant-header=" + header + " is not the name of a header");
    }
    TenantsFile opened = new TenantsFile(Path.of(file), limits);
    try {
      return new OpenTenants(
          Optional.of(opened), Optional.of(new Gateway.Tenancy(header, opened.open())));
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }
}
