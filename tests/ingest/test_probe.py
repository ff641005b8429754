"""What a media file is, exactly."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.ingest import decoding
from tams_analytics.ingest.probe import probe


def test_an_mp4_file_tells_its_container_and_its_streams(mp4: Path) -> None:
    media = probe(mp4)

    assert media.container == "video/mp4"
    assert media.size == mp4.stat().st_size
    assert [(essence.kind, essence.codec) for essence in media.essences] == [
        ("video", "video/h264"),
        ("audio", "audio/aac"),
    ]
    assert media.leading is media.essences[0]


def test_a_picture_tells_its_parameters_as_specified(mp4: Path) -> None:
    assert probe(mp4).essences[0].parameters == {
        "frame_width": 160,
        "frame_height": 90,
        "frame_rate": {"numerator": 25, "denominator": 1},
        "interlace_mode": "progressive",
        "bit_depth": 8,
        "component_type": "YCbCr",
        "horiz_chroma_subs": 2,
        "vert_chroma_subs": 2,
        "avc_parameters": {"profile": 66, "level": 11, "flags": 192},
    }


def test_sound_tells_its_parameters_as_specified(mp4: Path) -> None:
    assert probe(mp4).essences[1].parameters == {
        "sample_rate": 48000,
        "channels": 1,
        "codec_parameters": {"coded_frame_size": 1024, "mp4_oti": 2},
    }


def test_pictures_last_until_the_end_of_the_last_one(mp4: Path) -> None:
    picture = probe(mp4).essences[0]

    assert [picture.start, picture.last, picture.end] == [0, Fraction(149, 25), 6]
    assert picture.key_frames == 3


def test_the_run_up_of_a_sound_encoder_is_not_shown(mp4: Path) -> None:
    sound = probe(mp4).essences[1]

    assert [sound.start, sound.last, sound.end] == [0, Fraction(287999, 48000), 6]


def test_a_fragment_is_read_with_its_initialisation_segment(hls: Path) -> None:
    media = probe(hls.parent / "video1.m4s", hls.parent / "video-init.mp4")
    picture = media.leading

    assert media.container == "video/iso.segment"
    assert media.size == (hls.parent / "video1.m4s").stat().st_size
    assert [picture.start, picture.end, picture.key_frames] == [2, 4, 1]


def test_segments_of_sound_meet_exactly(hls: Path) -> None:
    init = hls.parent / "audio-init.mp4"
    segments = [probe(hls.parent / f"audio{n}.m4s", init).leading for n in range(4)]

    assert [one.end for one in segments[:-1]] == [one.start for one in segments[1:]]


def test_a_transport_stream_tells_its_packet_ids(muxed: Path) -> None:
    media = probe(muxed.parent / "muxed1.ts")

    assert media.container == "video/mp2t"
    assert [essence.track_id for essence in media.essences] == [256, 257]
    assert media.leading.end - media.leading.start == 2


def made(path: Path, rate: Fraction, times: list[int], time_base: Fraction) -> Path:
    """A file with pictures at these ``times``."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.time_base = time_base
        for time in times:
            frame = av.VideoFrame.from_ndarray(np.zeros((96, 64), np.uint8), format="yuv420p")
            frame.pts, frame.time_base = time, time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_rate_that_is_no_whole_number_is_exact(tmp_path: Path) -> None:
    rate = Fraction(30000, 1001)
    path = made(tmp_path / "ntsc.mp4", rate, [n * 1001 for n in range(60)], Fraction(1, 30000))
    picture = probe(path).leading

    assert picture.rate == rate
    assert picture.end - picture.start == 60 / rate


def test_a_clock_of_milliseconds_does_not_hide_the_rate(tmp_path: Path) -> None:
    path = made(tmp_path / "web.mkv", Fraction(30), list(range(60)), Fraction(1, 30))
    media = probe(path)

    assert media.container == "video/matroska"
    assert media.leading.rate == 30


def test_pictures_at_uneven_times_have_a_variable_rate(tmp_path: Path) -> None:
    path = made(tmp_path / "vfr.mp4", Fraction(25), [0, 1, 2, 5, 6, 11], Fraction(1, 25))
    picture = probe(path).leading

    assert picture.rate is None
    assert picture.parameters["vfr"] is True
    assert "frame_rate" not in picture.parameters


def sounding(path: Path, codec: str, rate: int, form: str = "s16") -> Path:
    """A file with a second of silence in stereo."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        step = stream.codec_context.frame_size or rate
        for first in range(0, rate, step):
            count = min(step, rate - first)
            shape = (2, count) if form == "fltp" else (1, 2 * count)
            kind = np.float32 if form == "fltp" else np.int16
            frame = av.AudioFrame.from_ndarray(np.zeros(shape, kind), form, "stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_sound_without_a_picture_is_an_audio_file(tmp_path: Path) -> None:
    media = probe(sounding(tmp_path / "tone.wav", "pcm_s16le", 44100))

    assert (media.container, media.leading.codec) == ("audio/wav", "audio/x-raw-int")
    assert [media.leading.start, media.leading.end] == [0, 1]
    assert media.leading.parameters == {
        "sample_rate": 44100,
        "channels": 2,
        "bit_depth": 16,
        "unc_parameters": {"unc_type": "interleaved"},
    }


def test_an_index_of_raw_sound_counts_samples_and_not_packets(tmp_path: Path) -> None:
    media = probe(sounding(tmp_path / "tone.mov", "pcm_s16le", 48000))

    assert media.container == "video/quicktime"
    assert [media.leading.start, media.leading.end] == [0, 1]


def test_a_run_up_that_ends_at_zero_is_left_out(tmp_path: Path) -> None:
    sound = probe(sounding(tmp_path / "tone.mp4", "libopus", 48000, "fltp")).leading

    assert sound.codec == "audio/opus"
    assert [sound.start, sound.end] == [0, 1]


def test_webm_is_told_from_matroska(tmp_path: Path) -> None:
    media = probe(sounding(tmp_path / "tone.webm", "libopus", 48000, "fltp"))

    assert media.container == "audio/webm"


def test_an_interlaced_picture_is_not_called_progressive(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "fields.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"x264-params": "tff=1"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(10):
            picture = np.full((96, 64), number * 9, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    said = probe(tmp_path / "fields.mp4").leading.parameters.get("interlace_mode")

    knows_the_field_order = hasattr(av.VideoCodecContext, "field_order")
    assert said == ("interlaced_tff" if knows_the_field_order else None)


def with_noise(data: bytes) -> bytes:
    third = len(data) // 3
    return data[:third] + np.random.default_rng(1).bytes(third) + data[2 * third :]


def without_frames(data: bytes) -> bytes:
    payload = data.index(b"mdat") + 4
    return data[:payload] + bytes(len(data) - payload)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (lambda data: b"", "is empty"),
        (lambda data: b"a text, not a picture" * 200, "cannot be read as media"),
        (lambda data: data[: len(data) // 2], r"is (cut off|damaged)"),
        (lambda data: data[:900], "cannot be read as media"),
        (without_frames, "cannot be read as media"),
        (with_noise, "is damaged: .* do not decode"),
    ],
    ids=["empty", "text", "half", "index cut", "zeros for pictures", "a third is noise"],
)
def test_a_broken_file_is_refused_by_name(tmp_path: Path, mp4: Path, broken, reason) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "broken.mp4"
    path.write_bytes(broken(mp4.read_bytes()))

    with pytest.raises(BadParameter, match=rf"broken\.mp4' {reason}"):
        probe(path)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4", "mjpeg"])
def test_noise_far_into_a_large_file_is_found_by_its_key_frames(
    tmp_path: Path, codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "WHOLE_BYTES", 2_000)
    monkeypatch.setattr(decoding, "STEP_BYTES", 2_000)
    path = tmp_path / "large.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options={"g": "5"})
        stream.width, stream.height = 64, 64
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(200):
            noise = np.random.default_rng(number).integers(0, 255, (96, 64), np.uint8)
            frame = av.VideoFrame.from_ndarray(noise, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        container.mux(stream.encode(None))
    assert len(probe(path).essences) == 1
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        places = [packet.pos for packet in container.demux() if packet.size]
    for place in places[100:]:
        data[place + 40 : place + 400] = np.random.default_rng(place).bytes(360)
    path.write_bytes(data)

    with pytest.raises(BadParameter, match=r"large\.mkv' is damaged"):
        probe(path)


def test_pictures_that_lead_the_first_key_frame_are_no_damage(tmp_path: Path) -> None:
    """A stream cut at the key frame of an open group of pictures begins with such."""
    options = {"x264-params": "open-gop=1:keyint=12:min-keyint=12:scenecut=0:bframes=3:b-adapt=0"}
    with av.open(str(tmp_path / "whole.ts"), "w") as container:
        stream = container.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(60):
            noise = np.random.default_rng(number).integers(0, 255, (96, 64), np.uint8)
            frame = av.VideoFrame.from_ndarray(noise, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with av.open(str(tmp_path / "whole.ts")) as container:
        places = [packet.pos for packet in container.demux() if packet.is_keyframe]
    path = tmp_path / "cut.ts"
    path.write_bytes((tmp_path / "whole.ts").read_bytes()[places[2] :])

    assert probe(path).leading.key_frames >= 1


def test_half_a_packet_of_a_transport_stream_is_refused(tmp_path: Path, muxed: Path) -> None:
    path = tmp_path / "cut.ts"
    path.write_bytes((muxed.parent / "muxed0.ts").read_bytes()[:-100])

    with pytest.raises(BadParameter, match="no whole packets"):
        probe(path)


def test_a_fragment_without_its_initialisation_segment_is_refused(hls: Path) -> None:
    with pytest.raises(BadParameter, match="video1"):
        probe(hls.parent / "video1.m4s")


def test_half_a_fragment_is_refused(tmp_path: Path, hls: Path) -> None:
    path = tmp_path / "cut.m4s"
    path.write_bytes((hls.parent / "video1.m4s").read_bytes()[:-500])

    with pytest.raises(BadParameter, match="cut"):
        probe(path, hls.parent / "video-init.mp4")


def test_a_playlist_in_the_clothes_of_a_film_is_not_followed(tmp_path: Path, hls: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text(f"#EXTM3U\n#EXTINF:2,\n{hls.parent / 'video0.m4s'}\n#EXT-X-ENDLIST\n")

    with pytest.raises(BadParameter, match=r"film\.mp4"):
        probe(path)


@pytest.mark.parametrize("name", ["frame.png", "FRAME.JPG"])
def test_a_still_picture_is_refused_for_what_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    codec: Any = "png" if name.endswith("png") else "mjpeg"
    encoder: Any = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.time_base = 64, 64, Fraction(1, 25)
    encoder.pix_fmt = "rgb24" if codec == "png" else "yuvj420p"
    picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
    packets = encoder.encode(picture.reformat(format=encoder.pix_fmt))
    path.write_bytes(b"".join(bytes(packet) for packet in [*packets, *encoder.encode(None)]))

    with pytest.raises(BadParameter, match="is a still picture: not supported yet"):
        probe(path)


@pytest.mark.parametrize("name", ["missing.mp4", "."])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadParameter, match="cannot be read as media"):
        probe(tmp_path / name)
