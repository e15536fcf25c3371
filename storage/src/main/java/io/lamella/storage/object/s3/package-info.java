/// The port to objects over S3 and what speaks its protocol (Cloudflare R2, MinIO); alone imports
/// the AWS SDK. Signing and connections are the SDK's, retries are not: a wrapper of the port
/// repeats. Every response to a ranged read is checked: status, Content-Range, length, ETag.
@NullMarked
package io.lamella.storage.object.s3;

import org.jspecify.annotations.NullMarked;
