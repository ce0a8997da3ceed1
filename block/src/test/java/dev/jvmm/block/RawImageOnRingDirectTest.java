package dev.jvmm.block;

class RawImageOnRingDirectTest extends RawImageContract {

  @Override
  RawImageConfig config(String file) {
    return RawImageConfig.of(file).withAio(AioMode.IO_URING).withCache(CacheMode.DIRECTSYNC);
  }
}
