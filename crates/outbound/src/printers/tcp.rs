//! A printer that takes raw bytes over TCP, as receipt printers do on port 9100.

use super::PrintAnswer;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long each step may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrinterTimeouts {
    /// Until the printer takes the connection; it serves one at a time.
    pub connect: Duration,
    /// Until it has taken all bytes; a printer takes them as slowly as it prints.
    pub write: Duration,
    /// How long to listen, after the last byte, for the printer breaking the connection off. A
    /// printer that just keeps it open has taken everything.
    pub farewell: Duration,
}

impl Default for PrinterTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            write: Duration::from_secs(15),
            farewell: Duration::from_millis(300),
        }
    }
}

/// A printer at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpPrinter {
    /// `host:port`.
    pub address: String,
    /// How long each step may take.
    pub timeouts: PrinterTimeouts,
}

impl TcpPrinter {
    pub(super) async fn print(&self, bytes: &[u8]) -> PrintAnswer {
        let mut stream =
            match timeout(self.timeouts.connect, TcpStream::connect(&self.address)).await {
                Ok(Ok(stream)) => stream,
                Ok(Err(fault)) => {
                    return PrintAnswer::NotReachable { why: format!("{}: {fault}", self.address) };
                }
                Err(_elapsed) => {
                    return PrintAnswer::NotReachable {
                        why: format!(
                            "{}: no connection within {:?}",
                            self.address, self.timeouts.connect
                        ),
                    };
                }
            };
        match timeout(self.timeouts.write, write(&mut stream, bytes)).await {
            Ok(Ok(())) => self.farewell(&mut stream).await,
            // Even when not one byte was acknowledged, some may have reached the paper.
            Ok(Err(fault)) => PrintAnswer::PartlySent { why: format!("{}: {fault}", self.address) },
            Err(_elapsed) => PrintAnswer::PartlySent {
                why: format!("{}: took not all within {:?}", self.address, self.timeouts.write),
            },
        }
    }

    /// The last bytes were handed to the network, not yet to the printer: only a broken connection
    /// would tell that they were lost. Status bytes that it may send are read and dropped.
    async fn farewell(&self, stream: &mut TcpStream) -> PrintAnswer {
        let listen = async {
            let mut status = [0_u8; 256];
            while stream.read(&mut status).await? > 0 {}
            // A printer that closed first and was then sent more leaves its refusal here.
            stream.take_error()?.map_or(Ok(()), Err)
        };
        match timeout(self.timeouts.farewell, listen).await {
            Ok(Ok(())) | Err(_) => PrintAnswer::Sent,
            Ok(Err(fault)) => PrintAnswer::PartlySent { why: format!("{}: {fault}", self.address) },
        }
    }
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.shutdown().await
}
